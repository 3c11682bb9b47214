// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "cli/commands.hpp"
#include "cli/output.hpp"
#include "report/html/load.hpp"
#include "report/html/page.hpp"

namespace systole {
namespace {

constexpr const char* kDefaultPage = "report.html";

void write_figures(const html::ReportData& data, const std::string& folder) {
  make_folder(folder);
  for (const html::Figure& figure : html::all_figures(data)) {
    Output(folder + "/" + figure.id + ".svg").write(html::standalone(figure));
  }
}

int run(const Arguments& arguments) {
  const bool has_other = arguments.has("md") || arguments.has("svg");
  std::optional<Output> page;
  if (arguments.has("output") || !has_other) {
    page.emplace(arguments.maybe("output").value_or(kDefaultPage));
  }
  std::optional<Output> markdown;
  if (arguments.has("md")) {
    markdown.emplace(arguments.text("md"));
  }
  const html::ReportData data = html::load(arguments.all("RUN"), arguments.all("previous"));
  if (page) {
    page->write(html::page(data));
  }
  if (markdown) {
    markdown->write(html::markdown(data));
  }
  if (arguments.has("svg")) {
    write_figures(data, arguments.text("svg"));
  }
  if (page && !page->is_standard() && (!markdown || !markdown->is_standard())) {
    print(fmt::format("wrote {}\n", arguments.maybe("output").value_or(kDefaultPage)));
  }
  return 0;
}

}  // namespace

Command report_command() {
  return {.name = "report",
          .summary = "one HTML file of a result or a sweep: what costs, why, and what to change",
          .examples = {"systole report runs/demo -o demo.html",
                       "systole report tiny.json --md - --svg figures"},
          .operands = {{.name = "RUN",
                        .help = "files written by --json, or a folder of sweep --results",
                        .repeats = true,
                        .holds = Holds::json}},
          .options = {{.name = "output",
                       .letter = 'o',
                       .value = "PATH",
                       .help = "the page; - is standard output",
                       .fallback = "report.html, unless --md or --svg is given",
                       .holds = Holds::file},
                      {.name = "md",
                       .value = "PATH",
                       .help = "a summary in Markdown as well",
                       .holds = Holds::file},
                      {.name = "svg",
                       .value = "DIR",
                       .help = "each figure as a file as well",
                       .holds = Holds::folder},
                      {.name = "previous",
                       .value = "RUN",
                       .help = "the same earlier: a result or a folder to compare with",
                       .holds = Holds::json}},
          .run = run};
}

}  // namespace systole
