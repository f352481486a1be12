# wijzer_library(NAME [lib...]): the static library of this directory, made of its *.c files.
# Its headers are seen by those who link it; what it may include is what it links.
function(wijzer_library name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  list(FILTER sources EXCLUDE REGEX "/main\\.c$") # a program's
  add_library(wijzer_${name} STATIC ${sources})
  target_include_directories(wijzer_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  foreach(dependency ${ARGN})
    if(dependency MATCHES "::")
      target_link_libraries(wijzer_${name} PUBLIC ${dependency})
    else()
      target_link_libraries(wijzer_${name} PUBLIC wijzer_${dependency})
    endif()
  endforeach()
endfunction()

# An include with a path in it would walk around the rule above.
file(GLOB_RECURSE wijzer_sources ${CMAKE_SOURCE_DIR}/daemon/*.[ch] ${CMAKE_SOURCE_DIR}/client/*.[ch]
     ${CMAKE_SOURCE_DIR}/proto/*.[ch])
foreach(source ${wijzer_sources})
  file(STRINGS ${source} climbing REGEX "^[ \t]*#[ \t]*include[ \t]+\"[^\"]*/")
  if(climbing)
    message(FATAL_ERROR "${source}: an include names a directory (${climbing}); include the header by its name")
  endif()
endforeach()
