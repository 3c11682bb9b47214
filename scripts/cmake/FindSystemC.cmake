# SPDX-License-Identifier: Apache-2.0
# Debian's libsystemc-dev ships no CMake package, only headers, a shared library and systemc.pc.
# An upstream installation (SystemCLanguage) is taken first. Defines SystemC::systemc.
include(FindPackageHandleStandardArgs)

find_package(SystemCLanguage CONFIG QUIET)
if(TARGET SystemC::systemc)
  set(SystemC_VERSION "${SystemCLanguage_VERSION}")
  set(SystemC_LIBRARY SystemC::systemc)
  find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_LIBRARY
                                    VERSION_VAR SystemC_VERSION)
  return()
endif()

find_path(SystemC_INCLUDE_DIR sysc/kernel/sc_ver.h HINTS ENV SYSTEMC_INCLUDE $ENV{SYSTEMC_HOME}/include)
find_library(SystemC_LIBRARY systemc HINTS ENV SYSTEMC_LIBDIR $ENV{SYSTEMC_HOME}/lib
                                           $ENV{SYSTEMC_HOME}/lib-linux64)
if(SystemC_INCLUDE_DIR)
  set(SystemC_VERSION "")
  foreach(part MAJOR MINOR PATCH)
    file(STRINGS "${SystemC_INCLUDE_DIR}/sysc/kernel/sc_ver.h" line
         REGEX "^#define SC_VERSION_${part}[ \t]+[0-9]+")
    string(REGEX MATCH "[0-9]+$" number "${line}")
    list(APPEND SystemC_VERSION "${number}")
  endforeach()
  list(JOIN SystemC_VERSION "." SystemC_VERSION)
endif()
find_package_handle_standard_args(SystemC REQUIRED_VARS SystemC_LIBRARY SystemC_INCLUDE_DIR
                                  VERSION_VAR SystemC_VERSION)
if(SystemC_FOUND AND NOT TARGET SystemC::systemc)
  add_library(SystemC::systemc UNKNOWN IMPORTED)
  # The library is built as C++17 and checks that at link time; C++20 code links if it says so.
  set_target_properties(SystemC::systemc PROPERTIES
    IMPORTED_LOCATION "${SystemC_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${SystemC_INCLUDE_DIR}"
    INTERFACE_COMPILE_DEFINITIONS "SC_CPLUSPLUS=201703L")
endif()
mark_as_advanced(SystemC_INCLUDE_DIR SystemC_LIBRARY)
