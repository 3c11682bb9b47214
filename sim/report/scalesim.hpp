// SPDX-License-Identifier: Apache-2.0
// The three reports of SCALE-Sim, under its headings, so that what reads those reads a run.
//
// A row for each matmul of the program, in its order, over all its runs (the layers) on one chip:
// cycles add up over rows, rates and shares are averages. Cycles are of the core clock from the
// beginning of the run, a word is a byte, DRAM is all that lies behind the scratchpad. IFMAP is the
// moving operand, FILTER the stationary one.
#pragma once

#include <array>
#include <string>

#include "ledger/recording.hpp"
#include "study/result.hpp"

namespace systole {

struct ReportFile {
  std::string name;
  std::string text;
};

// COMPUTE_REPORT.csv, BANDWIDTH_REPORT.csv and DETAILED_ACCESS_REPORT.csv. The recording holds the
// whole run of the first chip at least.
[[nodiscard]] std::array<ReportFile, 3> scalesim_reports(const Result& result,
                                                         const Recording& recording);

}  // namespace systole
