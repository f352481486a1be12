# Everything comes from Debian packages; versions are floors.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LIBEVENT REQUIRED IMPORTED_TARGET libevent_core libevent_openssl libevent_pthreads)
pkg_check_modules(OPENSSL REQUIRED IMPORTED_TARGET libssl>=3.0 libcrypto>=3.0)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq>=15)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.14)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat>=2.5)
pkg_check_modules(P11KIT_HEADER REQUIRED p11-kit-1>=0.24) # pkcs11.h alone: modules are loaded at run time
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp>=2.5)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka>=1.1)

add_library(wijzer::pkcs11 INTERFACE IMPORTED)
target_include_directories(wijzer::pkcs11 INTERFACE ${P11KIT_HEADER_INCLUDE_DIRS})

# The Intel Decimal Floating-Point Math Library is a static archive per calling convention: 000 passes by value and
# keeps no global state.
find_library(DECIMAL_ARCHIVE bidgcc000)
find_path(DECIMAL_HEADERS bid_functions.h)
if(NOT DECIMAL_ARCHIVE OR NOT DECIMAL_HEADERS)
  message(FATAL_ERROR "the decimal library is not there (apt-get install libintelrdfpmath-dev)")
endif()
add_library(wijzer::decimal UNKNOWN IMPORTED)
set_target_properties(wijzer::decimal PROPERTIES IMPORTED_LOCATION ${DECIMAL_ARCHIVE}
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES ${DECIMAL_HEADERS}
  INTERFACE_COMPILE_DEFINITIONS "DECIMAL_CALL_BY_REFERENCE=0;DECIMAL_GLOBAL_ROUNDING=0;DECIMAL_GLOBAL_EXCEPTION_FLAGS=0"
  INTERFACE_LINK_LIBRARIES m)

# Debian's security patches to libevent do not change its version number, so ask dpkg.
find_program(DPKG_QUERY dpkg-query)
find_program(DPKG dpkg)
if(DPKG_QUERY AND DPKG)
  execute_process(COMMAND ${DPKG_QUERY} -W -f=\${Version} libevent-dev
                  OUTPUT_VARIABLE LIBEVENT_PACKAGE ERROR_QUIET)
  execute_process(COMMAND ${DPKG} --compare-versions "${LIBEVENT_PACKAGE}" ge 2.1.12-stable-8+deb12u1
                  RESULT_VARIABLE LIBEVENT_TOO_OLD)
  if(LIBEVENT_TOO_OLD)
    message(FATAL_ERROR "libevent-dev is '${LIBEVENT_PACKAGE}'; 2.1.12-stable-8+deb12u1 or newer is needed "
                        "(apt-get install libevent-dev)")
  endif()
endif()
