// SPDX-License-Identifier: Apache-2.0
#include "trace/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "sample.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

std::string errors(const std::string& text) {
  try {
    static_cast<void>(parse_trace(text, "my.trace"));
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

std::string file_errors(const std::string& file) {
  try {
    static_cast<void>(read_trace(file));
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

constexpr const char* kHeader =
    "systole.trace/1\n"
    "pod c0ffee\n"
    "tensor 4\n"
    "data 2\n"
    "output_tokens 128\n"
    "residency scratchpad=0 far_sram=0 hbm=0 stationary_buffer=0 moving_buffer=0\n";

TEST(TraceText, WritesOneOperationALineWithAttributesInFixedOrder) {
  EXPECT_EQ(
      write(sample_trace()),
      "systole.trace/1\n"
      "pod c0ffee\n"
      "tensor 4\n"
      "data 2\n"
      "output_tokens 128\n"
      "residency scratchpad=4194304 far_sram=0 hbm=1073741824 stationary_buffer=2097152 "
      "moving_buffer=2097152\n"
      "\n"
      "block layer x80\n"
      "  vector norm fma=7 after=previous\n"
      "  matmul up products=1 shape=64x1024x4096 weight=int8@hbm moving=bf16@scratchpad "
      "result=bf16@scratchpad block=1x64x1024x1024 prefetch=yes useful=2147483648 after=norm\n"
      "  move save tensor=kv from=scratchpad to=hbm bytes=4096 segments=4 elements=2048 after=up\n"
      "  all_reduce sum axes=0,1 bytes=524288 type=bf16 after=up\n"
      "end\n");
}

TEST(TraceText, ReadsBackWhatItWrote) {
  EXPECT_EQ(parse_trace(write(sample_trace()), "my.trace"), sample_trace());
}

TEST(TraceText, OrderOfAttributesCommentsBlankLinesTabsAndCrlfDoNotMatter) {
  const Trace plain = parse_trace(std::string(kHeader) +
                                      "block a x2\n  move m tensor=kv from=hbm "
                                      "to=scratchpad bytes=64 segments=1 elements=32\nend\n",
                                  "my.trace");
  std::string edited = std::string(kHeader) +
                       "\n# A comment.\n\nblock\ta x2 # behind\n\n move m  elements=32 segments=1\t"
                       "bytes=64 to=scratchpad from=hbm tensor=kv#close\n   end";
  EXPECT_EQ(parse_trace(edited, "my.trace"), plain);
  for (std::size_t i = edited.find('\n'); i != std::string::npos; i = edited.find('\n', i + 2)) {
    edited.insert(i, "\r");
  }
  EXPECT_EQ(parse_trace(edited, "my.trace"), plain);
}

TEST(TraceText, CausalIsKeptAsWritten) {
  Trace trace = sample_trace();
  trace.causal = "half";
  EXPECT_THAT(write(trace), HasSubstr("output_tokens 128\ncausal half\nresidency"));
  EXPECT_EQ(parse_trace(write(trace), "my.trace"), trace);
}

TEST(TraceText, NumbersGoUpTo2To63Minus1) {
  const std::string text = write(sample_trace());
  const auto with_fma = [&](const std::string& number) {
    std::string out = text;
    return out.replace(out.find("fma=7") + 4, 1, number);
  };
  const Trace most = parse_trace(with_fma("9223372036854775807"), "my.trace");
  EXPECT_EQ(std::get<Vector>(most.blocks[0].operations[0].work).fma, 9223372036854775807U);
  EXPECT_THAT(errors(with_fma("9223372036854775808")), HasSubstr("is too large"));
  EXPECT_THAT(errors(with_fma("99999999999999999999999")), HasSubstr("is too large"));
  EXPECT_THAT(errors(with_fma("07")), HasSubstr("leading zero"));
  EXPECT_THAT(errors(with_fma("+7")), HasSubstr("is not a whole number"));
  EXPECT_THAT(errors(with_fma("-7")), HasSubstr("is not a whole number"));
  EXPECT_THAT(errors(with_fma("7.0")), HasSubstr("is not a whole number"));
  EXPECT_THAT(errors(with_fma("")), HasSubstr("'' is not a whole number"));
}

TEST(TraceText, TensorDegreesGoUpTo2To32Minus1) {
  std::string text = write(sample_trace());
  text.replace(text.find("tensor 4") + 7, 1, "4294967295");
  EXPECT_EQ(parse_trace(text, "my.trace").tensor, 4294967295U);
  text.replace(text.find("tensor 4") + 7, 10, "4294967296");
  EXPECT_THAT(errors(text), HasSubstr("must be at most 4294967295"));
}

TEST(TraceText, AnEmptyFileIsAnError) {
  EXPECT_EQ(errors(""),
            "error: the file is empty\n"
            "  --> my.trace\n"
            "   = a trace starts with the line systole.trace/1\n"
            "1 error; nothing was run.\n");
}

TEST(TraceText, OtherKindsOfFilesAreNamedInOneError) {
  EXPECT_THAT(errors("{\"schema\": \"systole.result/1\"}\n"), HasSubstr("this is JSON, not"));
  EXPECT_THAT(errors("model: llama.json\nbatch: 64\n"), HasSubstr("this is YAML, not"));
  EXPECT_THAT(errors("---\nbatch: 64\n"), HasSubstr("this is YAML, not"));
  EXPECT_THAT(errors("systole.trace/2\npod a\n"), HasSubstr("a version that this Systole cannot"));
  EXPECT_THAT(errors("\xEF\xBB\xBFsystole.trace/1\n"), HasSubstr("byte order mark"));
  EXPECT_THAT(errors("\nsystole.trace/1\n"), HasSubstr("this is not a trace"));
  EXPECT_THAT(errors("hello\nfoo\nbar\n"), HasSubstr("1 error; nothing was run"));
}

TEST(TraceText, ANulByteIsAnErrorAtItsColumn) {
  const std::string text = std::string(kHeader) + "block a x1\n  launch" + '\0' + "b\nend\n";
  EXPECT_EQ(errors(text),
            "error: byte 0x00 in a text file\n"
            "  --> my.trace:8:9\n"
            "   |\n"
            " 8 |   launch?b\n"
            "   |         ^ a trace is plain text\n"
            "1 error; nothing was run.\n");
}

TEST(TraceText, NothingOfAHostileFileReachesTheTerminal) {
  const std::string shown = errors(std::string(kHeader) + "\x1b[2J\nm\xC3\xA4tmul\n");
  EXPECT_EQ(shown.find('\x1b'), std::string::npos);
  EXPECT_EQ(shown.find('\xC3'), std::string::npos);
  EXPECT_THAT(shown, HasSubstr("unknown line 'm??tmul'"));
}

TEST(TraceText, ALineOf64KiBIsReadAndALongerOneIsAnError) {
  const auto padded = [](std::size_t bytes) {
    std::string line = "  launch start";
    line.resize(bytes, ' ');
    return std::string(kHeader) + "block a x1\n" + line + "\nend\n";
  };
  EXPECT_EQ(errors(padded(65536)), "no error");
  EXPECT_THAT(errors(padded(65537)), HasSubstr("65537 bytes; at most 65536"));
}

TEST(TraceText, AFileOf16MiBIsReadAndALargerOneIsAnError) {
  std::string text = write(sample_trace());
  text.resize(std::size_t{16} << 20, '\n');
  EXPECT_EQ(errors(text), "no error");
  text += '\n';
  EXPECT_THAT(errors(text), HasSubstr("the trace is too large"));
}

TEST(TraceText, AMillionOperationsAreReadAndOneMoreIsAnError) {
  const auto with_launches = [](std::size_t n) {
    std::string text = std::string(kHeader) + "block a x1\n";
    for (std::size_t i = 0; i < n; ++i) {
      text += "launch a\n";
    }
    return text + "end\n";
  };
  EXPECT_EQ(errors(with_launches(1000000)), "no error");
  EXPECT_THAT(errors(with_launches(1000001)), HasSubstr("more than 1000000 operations"));
}

// Mistakes on each of two million lines, and on each of a long line's words.
TEST(TraceText, AHostileFileEndsInAnError) {
  std::string short_lines = kHeader;
  while (short_lines.size() < (16U << 20) - 8) {
    short_lines += "bloc x\n";
  }
  std::string long_lines = std::string(kHeader) + "block a x1\n";
  std::string one = "matmul m";
  for (int i = 0; one.size() < 65000; ++i) {
    one += " k" + std::to_string(i) + "=1";
  }
  while (long_lines.size() + one.size() < (16U << 20) - 8) {
    long_lines += one + "\n";
  }
  EXPECT_THAT(errors(short_lines), HasSubstr("and 980 more"));
  EXPECT_THAT(errors(long_lines), HasSubstr("and 980 more"));
}

TEST(TraceText, ReadsFilesAndNamesThoseItCannot) {
  const std::string file = testing::TempDir() + "systole_text_test.trace";
  std::ofstream(file) << write(sample_trace());
  EXPECT_EQ(read_trace(file), sample_trace());
  EXPECT_EQ(read_sourced_trace(file).source.lines.blocks.at(0).operations.at(1), 10U);
  std::remove(file.c_str());
  EXPECT_THAT(file_errors(file), HasSubstr(file + ": No such file or directory"));
  EXPECT_THAT(file_errors(testing::TempDir()), HasSubstr("Is a directory"));
  EXPECT_THAT(file_errors("/dev/zero"), HasSubstr("the trace is too large"));
}

}  // namespace
}  // namespace systole
