// SPDX-License-Identifier: Apache-2.0
#include "cli/results_folder.hpp"

#include "cli/output.hpp"
#include "report/result_json.hpp"
#include "report/sweep_files.hpp"
#include "report/sweep_labels.hpp"

namespace systole {

ResultsFolder::ResultsFolder(std::string path, const SweepConfig& sweep)
    : path_(std::move(path)), sweep_(sweep) {
  make_folder(path_ + "/points");
}

void ResultsFolder::keep(std::size_t index, const std::string& document) const {
  Output(path_ + "/points/" + point_slug(sweep_, index) + ".json").write(document);
}

void ResultsFolder::finish(const SweepEnd& end) const {
  Output(path_ + "/sweep.json").write(to_text(sweep_json(sweep_, end)));
  Output(path_ + "/points.csv").write(sweep_csv(sweep_, end));
}

}  // namespace systole
