# SPDX-License-Identifier: Apache-2.0
# The arrays that are verilated: each kind of processing element in both dataflows, each latency and
# way to load, narrow and wide arrays, queues from ample to the least that can work. They are small,
# since each is compiled; the clocked model, which equals them, stands for the large ones.
foreach(type IN LISTS types)
  add_array(verilated ws ${type} 8 8)
  add_array(verilated ws ${type} 2 3 LATENCY 2 RANDOM_START)
  add_array(verilated ws ${type} 3 2 LATENCY 3 SERIAL)
  add_array(verilated os ${type} 4 4)
endforeach()
foreach(type int8 bf16)
  add_array(verilated ws ${type} 4 8 SCALE_SLOTS 1 RESULT_SLOTS 3)
  add_array(verilated ws ${type} 4 4 LATENCY 2)
  add_array(verilated ws ${type} 4 4 LATENCY 3)
  add_array(verilated ws ${type} 4 4 SERIAL)
endforeach()
add_array(verilated ws int8 1 1)
add_array(verilated ws int8 3 4 ASSERT)
add_array(verilated ws int8 8 4 SCALE_SLOTS 2 RESULT_SLOTS 1)
add_array(verilated ws int8 16 4 ACCUMULATOR_ROWS 5)
add_array(verilated ws int8 16 16)
add_array(verilated os int8 4 8 RESULT_SLOTS 4)
add_array(verilated os int8 8 4)
add_array(verilated os int8 4 4 SERIAL ASSERT)
add_array(verilated os int8 2 3 RANDOM_START)

if(SYSTOLE_RTL_FULL)
  add_array(verilated ws int8 32 32 PARTS 2)
  add_array(verilated ws bf16 16 16 PARTS 4)
  # Loops over 128 registers are unrolled, or they are errors (BLKLOOPINIT).
  add_array(verilated ws int8 128 128 PARTS 32 ARGUMENTS --unroll-count 256)
endif()
