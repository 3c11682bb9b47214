# SPDX-License-Identifier: Apache-2.0
# The arrays of the suites that need more of Verilator than plain classes: small and not optimised.

# Toggles are counted in the processing elements alone.
set(elements_only "${CMAKE_CURRENT_BINARY_DIR}/elements_only.vlt")
set(text "`verilator_config\n")
foreach(file IN LISTS rtl)
  if(NOT file MATCHES "_pe\\.sv$")
    string(APPEND text "coverage_off -file \"${file}\"\n")
  endif()
endforeach()
file(CONFIGURE OUTPUT "${elements_only}" CONTENT "${text}" @ONLY)
set(toggles PARTS 0 ARGUMENTS --coverage-toggle "${elements_only}")

# The kernel of the simulations ticks in femtoseconds.
set(module PARTS 0 ARGUMENTS --timescale-override 1fs/1fs)

foreach(type IN LISTS types)
  add_array(verilated_systemc ws ${type} 3 2 ${module})
  add_array(verilated_coverage ws ${type} 3 2 ${toggles})
  add_array(verilated_coverage os ${type} 3 2 ${toggles})
endforeach()
add_array(verilated_systemc os int8 3 2 ${module})
add_array(verilated_coverage ws int8 2 3 LATENCY 3 ${toggles})
add_array(verilated_coverage ws int8 2 3 SERIAL ${toggles})
