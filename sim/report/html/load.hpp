// SPDX-License-Identifier: Apache-2.0
// From files to what a report shows. The only place that knows where results are kept.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "report/html/data.hpp"
#include "study/sweep_store.hpp"

namespace systole::html {

// A sweep as it is kept: its summary, and the result of a point by index, null if it was not kept.
// Without a summary, the points are the results alone.
struct Kept {
  Json summary;  // systole.sweep/1, or null.
  std::size_t points;
  std::function<Json(std::size_t)> document;
  std::unique_ptr<SweepStore> store{};  // That `document` reads, of a results folder.
};

// `runs`: one folder of a sweep, or its sweep.json alone, or result documents. `before`: the same
// of an earlier time, or empty. Throws UserError.
[[nodiscard]] ReportData load(const std::vector<std::string>& runs,
                              const std::vector<std::string>& before);
[[nodiscard]] ReportData report_data(const Kept& kept);

}  // namespace systole::html
