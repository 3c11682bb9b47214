// SPDX-License-Identifier: Apache-2.0
#include "study/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/csv.hpp"
#include "base/error.hpp"
#include "config/read.hpp"
#include "shipped.hpp"

namespace systole {
namespace {

namespace fs = std::filesystem;

const std::string kRoot = SYSTOLE_SOURCE_DIR;

std::vector<Measurement> shipped_rows() {
  return read_measurements(shipped("tests/validation/measurements.csv"));
}

ChipConfig chip_of(const std::string& name) {
  return read_chip(shipped("configs/chips/" + name + ".yaml"));
}

Measurement row_of(const std::string& id) {
  const auto rows = shipped_rows();
  const auto found = std::ranges::find(rows, id, &Measurement::id);
  EXPECT_NE(found, rows.end()) << id;
  return *found;
}

// A tenth worse: slower clock and link, longer start.
void worsen(ChipConfig& chip, const std::string& key) {
  if (key == "kernel_start") {
    chip.kernel_start = Seconds{chip.kernel_start.count() * 1.1};
  } else if (key == "clock") {
    chip.clock = Hertz{chip.clock.count() / 1.1};
  } else if (key == "ici.bandwidth") {
    chip.ici->bandwidth = BytesPerSecond{chip.ici->bandwidth.count() / 1.1};
  } else {
    chip.ici->collective_start = Seconds{chip.ici->collective_start.count() * 1.1};
  }
}

// A file of the test's own that is gone when the test ends.
class Written {
 public:
  explicit Written(const std::string& text)
      : file_(
            fs::path(testing::TempDir()) /
            (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv")) {
    std::ofstream(file_) << text;
  }
  ~Written() { fs::remove(file_); }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  [[nodiscard]] std::string path() const { return file_; }

 private:
  fs::path file_;
};

std::string mistakes_of(const std::string& text) {
  const Written file(text);
  try {
    (void)read_measurements(file.path());
  } catch (const UserError& error) {
    return render(error.diagnostics());
  }
  return "";
}

constexpr const char* kHeader = "id,chip,run,parameters,metric,unit,measured,role,source,note\n";

TEST(Validate, AllFittedAndCheckedRowsAreWithinTheirTolerance) {
  const Validation all = validate({.root = kRoot, .chip = {}});
  for (const Prediction& p : all.predictions) {
    EXPECT_TRUE(p.within || p.row.role == Role::information)
        << p.row.id << ": " << p.predicted.value_or(0) << " for " << p.row.measured;
  }
  EXPECT_TRUE(all.holds());
}

TEST(Validate, AFittedRowMovesWithItsConstant) {
  for (const FittedConstant& constant :
       read_constants(shipped("tests/validation/constants.csv"), shipped_rows())) {
    for (const std::string& id : constant.rows) {
      const Measurement row = row_of(id);
      ChipConfig chip = chip_of(row.chip);
      const double before = *predict(row, chip, kRoot).predicted;
      worsen(chip, constant.key);
      const double after = *predict(row, chip, kRoot).predicted;
      EXPECT_GT(std::abs(after / before - 1), 0.005) << constant.key << " on " << id;
    }
  }
}

TEST(Validate, NoRowIsBothFittedAndChecked) {
  const auto rows = shipped_rows();
  const auto constants = read_constants(shipped("tests/validation/constants.csv"), rows);
  for (const Measurement& row : rows) {
    const bool fitted = std::ranges::any_of(constants, [&](const FittedConstant& c) {
      return std::ranges::find(c.rows, row.id) != c.rows.end();
    });
    EXPECT_EQ(fitted, row.role == Role::fit) << row.id;
  }
}

TEST(Validate, RowsForInformationDecideNothing) {
  Validation v;
  v.predictions.push_back({.row = row_of("G-v4-512x512x512"),
                           .predicted = 1.0,
                           .error = -0.9,
                           .tolerance = "10%",
                           .within = false});
  ASSERT_EQ(v.predictions[0].row.role, Role::information);
  EXPECT_TRUE(v.holds());
  v.predictions[0].row.role = Role::check;
  EXPECT_FALSE(v.holds());
}

TEST(Validate, MeasurementsInF16DecideNothing) {
  for (const char* id : {"G-v4-128x128x128", "G-v4-512x512x512", "K-v4-add-64x64"}) {
    EXPECT_EQ(row_of(id).role, Role::information) << id;
  }
}

// Four states of the first matrix unit are all of its cycles.
TEST(Validate, SharesOfTheCyclesOfTpuV1AddUp) {
  const ChipConfig chip = chip_of("tpu_v1");
  double sum = 0.0;
  for (const char* id : {"V1-MLP0-array_active_cycles", "V1-MLP0-weight_stall_cycles",
                         "V1-MLP0-weight_shift_cycles", "V1-MLP0-non-matrix_cycles"}) {
    const double share = *predict(row_of(id), chip, kRoot).predicted;
    EXPECT_GT(share, 0.0) << id;
    sum += share;
  }
  EXPECT_NEAR(sum, 100.0, 1e-9);
}

// 2000 of 2048 rows and columns of tiles hold weights: 1 - (2000 / 2048)^2 of active MACs idle.
TEST(Validate, UnusedMacsOfTpuV1AreItsPadding) {
  const ChipConfig chip = chip_of("tpu_v1");
  const double active = *predict(row_of("V1-MLP0-array_active_cycles"), chip, kRoot).predicted;
  const double unused = *predict(row_of("V1-MLP0-unused_MACs"), chip, kRoot).predicted;
  const double filled = 2000.0 / 2048.0;
  EXPECT_NEAR(unused / active, 1 - filled * filled, 1e-9);
}

// Half of the chip: half of the arrays take twice as long over what they alone decide.
TEST(Validate, HalfAChipTakesTwiceAsLong) {
  Measurement row = row_of("G-v7-sq16384");
  const ChipConfig chip = chip_of("tpu_v7x");
  const double half = *predict(row, chip, kRoot).predicted;
  row.parameters.erase("part");
  EXPECT_NEAR(*predict(row, chip, kRoot).predicted / half, 2.0, 0.05);
}

TEST(Validate, AgreesWithTheSharedMeasurements) {
  const char* const given = std::getenv("SYSTOLE_SHARED");
  const fs::path shared = given != nullptr ? fs::path(given) : fs::path(kRoot) / "../shared";
  const fs::path file = shared / "data/validation/calibrate.csv";
  if (!fs::exists(file)) {
    GTEST_SKIP() << "no shared measurements at " << file;
  }
  const auto ours = shipped_rows();
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  std::size_t theirs = 0;
  while (std::getline(in, line)) {
    const auto fields = csv_fields(line);
    ASSERT_TRUE(fields && fields->size() == 19) << line;
    ++theirs;
    const auto row = std::ranges::find(ours, fields->at(0), &Measurement::id);
    ASSERT_NE(row, ours.end()) << fields->at(0);
    EXPECT_EQ(row->measured, std::stod(fields->at(15))) << row->id;
  }
  EXPECT_EQ(theirs, ours.size());
}

TEST(Measurements, ReportEveryMistakeByItsLine) {
  const std::string shown = mistakes_of(std::string(kHeader) +
                                        "a,tpu_v4,gem,m=1 n=1 k=1,time,us,1,fit,paper,\n"
                                        "b,tpu_v4,gemm,m=1 n=0 q=1,time,us,1,fit,paper,\n"
                                        "c,tpu_v4,gemm,m=1 n=1 k=1,time,s,-1,fits,paper,\n"
                                        "d,tpu_v4,gemm\n"
                                        "e,tpu_v4,gemm,\"m=1 n=1 k=1,time,us,1,fit,paper,\n");
  EXPECT_THAT(shown, testing::HasSubstr("unknown run 'gem'; did you mean 'gemm'?"));
  EXPECT_THAT(shown, testing::HasSubstr("n must be a whole number above zero"));
  EXPECT_THAT(shown, testing::HasSubstr("'q=1' is no parameter of gemm"));
  EXPECT_THAT(shown, testing::HasSubstr("gemm needs the parameter k"));
  EXPECT_THAT(shown, testing::HasSubstr("gemm has no metric 'time' in 's'"));
  EXPECT_THAT(shown, testing::HasSubstr("'-1' is not a number above zero"));
  EXPECT_THAT(shown, testing::HasSubstr("unknown role 'fits'"));
  EXPECT_THAT(shown, testing::HasSubstr("3 fields, 10 expected"));
  EXPECT_THAT(shown, testing::HasSubstr("a quote is not closed"));
  for (const char* line : {".csv:2:", ".csv:3:", ".csv:4:", ".csv:5:", ".csv:6:"}) {
    EXPECT_THAT(shown, testing::HasSubstr(line));
  }
}

TEST(Measurements, AreNamedOnce) {
  const std::string row = "a,tpu_v4,gemm,m=1 n=1 k=1,time,us,1,fit,paper,\n";
  EXPECT_EQ(mistakes_of(kHeader + row), "");
  EXPECT_THAT(mistakes_of(kHeader + row + row), testing::HasSubstr("a row 'a' exists already"));
}

TEST(Constants, AreFittedOnRowsOfRoleFitOfTheirChip) {
  const auto rows = shipped_rows();
  const auto mistakes = [&](const std::string& text) {
    const Written file("chip,constant,rows,note\n" + text);
    try {
      (void)read_constants(file.path(), rows);
    } catch (const UserError& error) {
      return render(error.diagnostics());
    }
    return std::string();
  };
  EXPECT_EQ(mistakes("tpu_v6e,clock,G-v6e-8192-dev,\n"), "");
  EXPECT_THAT(mistakes("tpu_v6e,clock,H-v6e-32M,\n"), testing::HasSubstr("no row of role fit"));
  EXPECT_THAT(mistakes("tpu_v4,clock,G-v6e-8192-dev,\n"), testing::HasSubstr("no row of role fit"));
  EXPECT_THAT(mistakes("tpu_v6e,hbm.bandwidth,G-v6e-8192-dev,\n"),
              testing::HasSubstr("'hbm.bandwidth' may not be fitted"));
  EXPECT_THAT(mistakes("tpu_v6e,clock,,\n"), testing::HasSubstr("needs a row"));
}

}  // namespace
}  // namespace systole
