# SPDX-License-Identifier: Apache-2.0
# One array: runs Verilator, then gathers the many files it writes in a few that are compiled, since
# most of the time that a small file takes to compile is Verilator's headers.
#
# cmake -D VERILATOR=... -D DIRECTORY=... -D PREFIX=... -D PARTS=... -D ARGUMENTS=... -P verilate.cmake
# writes <DIRECTORY>/<PREFIX>_fast<i>.cpp for i from 1 to PARTS, and <PREFIX>_slow.cpp: what runs
# only once and need not be optimised, and all there is if PARTS is 0.
cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND "${VERILATOR}" --prefix ${PREFIX} --Mdir "${DIRECTORY}" --make cmake ${ARGUMENTS}
  RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(result)
  message(FATAL_ERROR "verilator failed on ${PREFIX}:\n${output}")
endif()
include("${DIRECTORY}/${PREFIX}.cmake")  # Lists what was written.

# A file that changed gives another text, so that what includes it is compiled again.
function(gather name)
  set(text "")
  foreach(file IN LISTS ARGN)
    file(MD5 "${file}" hash)
    get_filename_component(file "${file}" NAME)
    string(APPEND text "#include \"${file}\"  // ${hash}\n")
  endforeach()
  file(CONFIGURE OUTPUT "${DIRECTORY}/${PREFIX}_${name}.cpp" CONTENT "${text}" @ONLY)
endfunction()

file(GLOB headers "${DIRECTORY}/${PREFIX}*.h")
set(fast ${${PREFIX}_CLASSES_FAST} ${${PREFIX}_SUPPORT_FAST})
set(slow ${${PREFIX}_CLASSES_SLOW} ${${PREFIX}_SUPPORT_SLOW})
if(PARTS EQUAL 0)
  list(APPEND slow ${fast})
  set(fast "")
endif()
gather(slow ${headers} ${slow})
set(part 0)
foreach(file IN LISTS fast)
  math(EXPR part "${part} % ${PARTS} + 1")
  list(APPEND files${part} "${file}")
endforeach()
if(PARTS GREATER 0)
  foreach(part RANGE 1 ${PARTS})
    gather(fast${part} ${headers} ${files${part}})
  endforeach()
endif()
