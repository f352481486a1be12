# Targets `format` (rewrites), `format-check` and `tidy`.
file(GLOB_RECURSE style_sources CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/daemon/*.[ch] ${CMAKE_SOURCE_DIR}/client/*.[ch] ${CMAKE_SOURCE_DIR}/proto/*.[ch]
     ${CMAKE_SOURCE_DIR}/tests/*.[ch])
file(GLOB_RECURSE tidy_sources CONFIGURE_DEPENDS
     ${CMAKE_SOURCE_DIR}/daemon/*.c ${CMAKE_SOURCE_DIR}/client/*.c ${CMAKE_SOURCE_DIR}/proto/*.c)
find_program(CLANG_FORMAT NAMES clang-format clang-format-14)
find_program(CLANG_TIDY NAMES clang-tidy clang-tidy-14)
if(CLANG_FORMAT)
  add_custom_target(format COMMAND ${CLANG_FORMAT} -i ${style_sources} VERBATIM)
  add_custom_target(format-check COMMAND ${CLANG_FORMAT} --dry-run -Werror ${style_sources} VERBATIM)
endif()
if(CLANG_TIDY)
  add_custom_target(tidy COMMAND printf "%s\\n" ${tidy_sources} | xargs -P 2 -n 1 ${CLANG_TIDY} --quiet -p
                    ${CMAKE_BINARY_DIR} VERBATIM)
endif()
