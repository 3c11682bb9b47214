# SPDX-License-Identifier: Apache-2.0
# The arrays that are verilated. Each kind of processing element, each way to load, narrow and wide
# arrays, and queues from ample to the least that can work; small, since each is compiled.

# Every element at 8x8, the least credits and scales among the others.
foreach(type IN LISTS types)
  add_array(verilated ws ${type} 8 8)
endforeach()
add_array(verilated ws int8 16 16)
add_array(verilated ws int8 1 1)
add_array(verilated ws int8 4 8 SCALE_SLOTS 1 RESULT_SLOTS 3)
add_array(verilated ws int8 8 4 SCALE_SLOTS 2 RESULT_SLOTS 1)
add_array(verilated ws int8 16 4 ACCUMULATOR_ROWS 5)
add_array(verilated ws bf16 4 8 SCALE_SLOTS 1 RESULT_SLOTS 5)
foreach(type int8 bf16)
  add_array(verilated ws ${type} 4 4 LATENCY 2)
  add_array(verilated ws ${type} 4 4 LATENCY 3)
  add_array(verilated ws ${type} 4 4 SERIAL)
  add_array(verilated ws ${type} 2 3 RANDOM_START)
endforeach()
foreach(type IN LISTS types)
#  add_array(verilated os ${type} 4 4)
endforeach()
#add_array(verilated os int8 4 8 RESULT_SLOTS 4)
#add_array(verilated os int8 8 4)
#add_array(verilated os int8 4 4 SERIAL)
#add_array(verilated os int8 2 3 RANDOM_START)

if(SYSTOLE_RTL_FULL)
  add_array(verilated ws int8 32 32)
  add_array(verilated ws bf16 16 16)
  # A loop over 128 registers is unrolled, or it is an error (BLKLOOPINIT).
  add_array(verilated ws int8 128 128 ARGUMENTS --unroll-count 256)
endif()
