// SPDX-License-Identifier: Apache-2.0
// libsystemc brings its own main, which calls sc_main; ours silences its banner first.
#include <gtest/gtest.h>

#include <cstdlib>
#include <systemc>

int main(int argc, char** argv) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

int sc_main(int, char**) { return 0; }  // The library refers to it; nothing calls it.
