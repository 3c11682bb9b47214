// SPDX-License-Identifier: Apache-2.0
// The picture in rtl/README.md is what the clocked model does. UPDATE_GOLDEN=1 draws it anew.
#include "wavefront.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace systole::model {
namespace {

TEST(WavefrontGolden, PictureIsWhatTheClockedModelDoes) {
  const std::string path = SYSTOLE_SOURCE_DIR "/rtl/wavefront.svg";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path, std::ios::binary) << wavefront_svg();
  }
  std::ostringstream picture;
  picture << std::ifstream(path, std::ios::binary).rdbuf();
  EXPECT_EQ(picture.str(), wavefront_svg());
}

}  // namespace
}  // namespace systole::model
