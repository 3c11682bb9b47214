// SPDX-License-Identifier: Apache-2.0
// Files made to hurt: each ends in a clear message, and soon (these tests take seconds if the work
// grows faster than the file).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "config/document_impl.hpp"
#include "files.hpp"

namespace systole {
namespace {

using testing::HasSubstr;

std::string refusal(const std::function<Document()>& read) {
  std::string message = "no error";
  try {
    static_cast<void>(read());
  } catch (const UserError& error) {
    message = error.what();
  }
  return message;
}

std::string error_of(const std::string& text) {
  return refusal([&] { return load_text(FileKind::chip, text, "input.yaml"); });
}

std::string repeat(const std::string& text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) {
    out += text;
  }
  return out;
}

TEST(Limits, RefuseAFileOf100Megabytes) {
  const Folder folder;
  const std::string file = folder.write("big.yaml", repeat("name: x\n", 12'500'000));
  EXPECT_THAT(refusal([&] { return load(FileKind::chip, file); }),
              HasSubstr("is larger than 1 MiB, the most that a configuration file may hold"));
}

TEST(Limits, RefuseAFileWithoutEnd) {
  EXPECT_THAT(refusal([] { return load(FileKind::chip, "/dev/zero"); }),
              HasSubstr("is larger than 1 MiB"));
}

TEST(Limits, RefuseAFolderAndAFileThatIsNotThere) {
  EXPECT_THAT(refusal([] { return load(FileKind::chip, sample("")); }), HasSubstr("a folder"));
  EXPECT_THAT(refusal([] { return load(FileKind::chip, sample("chop.yaml")); }),
              HasSubstr("no such file; did you mean"));
}

TEST(Limits, RefuseHalfAMillionNestedFlowLists) {
  EXPECT_THAT(error_of(repeat("[", 500'000) + repeat("]", 500'000)),
              HasSubstr("nested more than 64 levels deep"));
}

TEST(Limits, RefuseAQuarterOfAMillionNestedFlowMaps) {
  EXPECT_THAT(error_of("dma: " + repeat("{a: ", 250'000)),
              HasSubstr("nested more than 64 levels deep"));
}

TEST(Limits, RefuseHalfAMillionNestedBlockLists) {
  EXPECT_THAT(error_of(repeat("- ", 500'000)), HasSubstr("nested more than 64 levels deep"));
}

TEST(Limits, RefuseAMillionBracketsThatAreNeverClosed) {
  EXPECT_THAT(error_of(repeat("[", 1'000'000)), HasSubstr("is a bracket, a comma or"));
}

TEST(Limits, RefuseNestedKeysBehindQuestionMarks) {
  EXPECT_THAT(error_of(repeat("? ", 500'000)), HasSubstr("error: "));
}

TEST(Limits, RefuseAThousandNestedBlockMaps) {
  std::string text;
  for (std::size_t i = 0; i < 1000; ++i) {
    text += std::string(i, ' ') + "a:\n";
  }
  EXPECT_THAT(error_of(text), HasSubstr("nested more than 64 levels deep"));
}

TEST(Limits, RefuseAMillionClosingBrackets) {
  EXPECT_THAT(error_of(repeat("]", 1'000'000)), HasSubstr("error: "));
}

TEST(Limits, RefuseAnAliasBombBeforeItUnfolds) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 40; ++i) {  // 10^41 values if it were unfolded.
    const std::string alias = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeat(alias + ", ", 9) +
            alias + "]\n";
  }
  EXPECT_THAT(error_of(text), HasSubstr("more than 100000 values, aliases included"));
}

TEST(Limits, CountTheDepthOfAliasesToo) {
  std::string text = "a0: &a0 [x]\n";
  for (int i = 1; i < 70; ++i) {
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            "]\n";
  }
  EXPECT_THAT(error_of(text), HasSubstr("nested more than 64 levels deep"));
}

TEST(Limits, RefuseMoreValuesThanAnyFileNeeds) {
  EXPECT_THAT(error_of("[" + repeat("1,", 400'000) + "1]"), HasSubstr("more than 100000 values"));
}

TEST(Limits, KeepTheReportOfAThousandRepeatedKeysShort) {
  const std::string message = error_of("{" + repeat("a: 1, ", 50'000) + "}");
  EXPECT_THAT(message, HasSubstr("and 80 more.\n100 errors; nothing was run."));
  EXPECT_LT(message.size(), 20'000U);
}

TEST(Limits, ReadFortyThousandUnknownKeysInOnePass) {
  std::string text = "extends: " + sample("chip.yaml") + "\n";
  for (int i = 0; i < 40'000; ++i) {
    text += "clokc_" + std::to_string(i) + ": 1\n";
  }
  EXPECT_THAT(error_of(text), HasSubstr("unknown key 'clokc_0'"));
}

TEST(Limits, ReadOneLineOfAMegabyteInOnePass) {
  std::string text = "{";
  for (int i = 0; i < 40'000; ++i) {
    text += "größe_" + std::to_string(i) + ": \"ü\", ";
  }
  EXPECT_THAT(error_of(text + "}"), HasSubstr("unknown key 'größe_0'"));
}

TEST(Limits, CutTheUsersOwnWordsInAMessage) {
  const std::string message = error_of("? \"" + std::string(900'000, 'k') + "\\n\\e\"\n: 1\n");
  EXPECT_LT(message.size(), 2'000U);
  EXPECT_THAT(message, HasSubstr("unknown key 'kkk"));
}

}  // namespace
}  // namespace systole
