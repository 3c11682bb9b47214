// SPDX-License-Identifier: Apache-2.0
// Baselines: runs whose counts and prices are recorded, and how far they may move.
#include "config/baseline.hpp"
#include "config/table.hpp"

namespace systole {
namespace {

Row budget_row(std::string key, std::string doc, std::string example) {
  return {.key = std::move(key),
          .type = Type::budget,
          .required = false,
          .doc = std::move(doc),
          .example = std::move(example)};
}

// By Metric, then that of counts.
std::vector<Row> budgets(const std::string& section) {
  return {
      budget_row(join(section, "energy_per_output_token"), "Nominal energy of an output token.",
                 "{up: 0.5 %, down: 2 %}"),
      budget_row(join(section, "time"), "Time of the whole run.", "{up: 1 %}"),
      budget_row(join(section, "tokens_per_s"), "Output tokens per second, of the whole pod.",
                 "{down: 1 %}"),
      budget_row(join(section, "power_w_per_chip"), "Mean power of a chip.", "free"),
      budget_row(join(section, "counts"),
                 "The count of each ledger line on its own. Static lines count cycles, so they "
                 "move with the time.",
                 "exact"),
  };
}

}  // namespace

std::vector<Row> baseline_rows() {
  std::vector<Row> table{
      text_row("name", "Name of the baseline in reports.", "shipped"),
      optional(section_row(
          "budgets",
          "How far metrics may move from the recorded values. A side that {up, down} leaves out "
          "is free: {up: 0.5 %} lets a value fall. exact is equal counts, and all else within "
          "1e-9 of its value; it holds where nothing is said, but for tokens_per_s and "
          "power_w_per_chip, which follow from energy and time and are free there. What moves too "
          "far in the good direction fails, too: it asks for a review.")),
      {.key = "points",
       .type = Type::points,
       .doc = "The runs; what they gave stands in a JSON file beside this one, which 'systole "
              "check --update' writes.",
       .example = "[{name: demo, run: ../runs/tiny-decode.yaml}]"},
      text_row("points.name", "Name of the point in reports.", "llama-70b-batch-64"),
      path_row("points.run", "The run file.", "../runs/llama-3.1-70b-decode-64.yaml"),
      {.key = "points.set",
       .type = Type::settings,
       .required = false,
       .doc = "Keys of the run file that are set to other values, as --set does.",
       .example = "{workload.batch: 64}"},
      optional(section_row("points.budgets", "Budgets of this point instead of the file's.")),
  };
  std::vector<Row> all = budgets("budgets");
  table.insert(table.begin() + 2, all.begin(), all.end());
  all = budgets("points.budgets");
  table.insert(table.end(), all.begin(), all.end());
  return table;
}

}  // namespace systole
