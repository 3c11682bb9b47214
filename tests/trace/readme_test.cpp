// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "trace/text.hpp"
#include "trace/verify.hpp"

namespace systole {
namespace {

// What stands between the first fence of the README and the next.
std::string example() {
  std::ifstream in(SYSTOLE_SOURCE_DIR "/sim/trace/README.md");
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::size_t begin = text.find("```\n") + 4;
  return text.substr(begin, text.find("```", begin) - begin);
}

TEST(TraceReadme, TheExampleParsesAndVerifies) {
  const SourcedTrace parsed = parse_sourced_trace(example(), "README.md");
  ASSERT_EQ(parsed.trace.blocks.size(), 3U);
  EXPECT_EQ(parsed.trace.blocks[1].repeat, 80U);
  EXPECT_EQ(parsed.trace.blocks[1].operations.size(), 12U);
  const TraceMachine machine{
      .chips = 8,
      .group_axes = 2,
      .stores = {.scratchpad = 16_MiB, .far_sram = 0_B, .hbm = Bytes{std::uint64_t{16} << 30}}};
  EXPECT_NO_THROW(verify(parsed.trace, machine, &parsed.source));
}

// But for the comment, so that the README shows what the program writes.
TEST(TraceReadme, TheExampleIsCanonical) {
  const std::string text = example();
  const std::size_t comment = text.find("# One");
  std::string bare = text;
  bare.erase(comment, text.find('\n', comment) + 1 - comment);
  EXPECT_EQ(write(parse_trace(text, "README.md")), bare);
}

}  // namespace
}  // namespace systole
