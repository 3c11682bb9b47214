// SPDX-License-Identifier: Apache-2.0
// Pods that a test writes, and collectives over all of their chips.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "shipped.hpp"
#include "study/point.hpp"

namespace systole {

// A pod of tiny chips with these lines behind its shape. Gone at the end.
class Pod {
 public:
  explicit Pod(const std::string& text) {
    std::string name = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    path_ = std::filesystem::path(::testing::TempDir()) / ("systole_pod_" + name + ".yaml");
    std::ofstream(path_) << "name: faulty\nchip: " << shipped("configs/chips/tiny.yaml") << "\n"
                         << text;
  }
  ~Pod() { std::filesystem::remove(path_); }
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;

  [[nodiscard]] Result run(CollectiveKind kind, std::uint64_t bytes) const {
    return run_collective(options(kind, bytes));
  }
  [[nodiscard]] CollectiveOptions options(CollectiveKind kind, std::uint64_t bytes) const {
    return {.kind = kind,
            .bytes = bytes,
            .pod = path_.string(),
            .energy_model = shipped("energy_models/n7.yaml")};
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace systole
