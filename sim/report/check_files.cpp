// SPDX-License-Identifier: Apache-2.0
#include "report/check_files.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/number.hpp"
#include "report/check_text.hpp"
#include "report/format.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

using Escape = std::pair<char, std::string_view>;

template <std::size_t N>
std::string escaped(std::string_view text, const std::array<Escape, N>& escapes) {
  std::string out;
  for (const char c : text) {
    std::string_view replacement(&c, 1);
    for (const auto& [from, to] : escapes) {
      if (c == from) {
        replacement = to;
      }
    }
    out += replacement;
  }
  return out;
}

// For attributes and content alike. XML 1.0 has no way to say most control characters.
std::string xml(std::string_view text) {
  constexpr std::array<Escape, 7> kEscapes{{{'&', "&amp;"},
                                            {'<', "&lt;"},
                                            {'>', "&gt;"},
                                            {'"', "&quot;"},
                                            {'\'', "&#39;"},
                                            {'\n', "&#10;"},
                                            {'\t', "&#9;"}}};
  std::string printable(text);
  for (char& c : printable) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') {
      c = '?';
    }
  }
  return escaped(printable, kEscapes);
}

// Within a line of GitHub's Markdown, and within a cell of a table.
std::string markdown(std::string_view text) {
  constexpr std::array<Escape, 15> kEscapes{{{'\\', "\\\\"},
                                             {'`', "\\`"},
                                             {'*', "\\*"},
                                             {'_', "\\_"},
                                             {'[', "\\["},
                                             {']', "\\]"},
                                             {'<', "&lt;"},
                                             {'>', "&gt;"},
                                             {'&', "&amp;"},
                                             {'|', "\\|"},
                                             {'#', "\\#"},
                                             {'~', "\\~"},
                                             {'!', "\\!"},
                                             {'\r', " "},
                                             {'\n', "<br>"}}};
  return escaped(text, kEscapes);
}

std::string annotation_text(std::string_view text) {
  constexpr std::array<Escape, 3> kEscapes{{{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}}};
  return escaped(text, kEscapes);
}

std::string annotation_property(std::string_view text) {
  constexpr std::array<Escape, 5> kEscapes{
      {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}}};
  return escaped(text, kEscapes);
}

bool is_ok(const PointCheck& check) { return !check.has_failed() && check.breaches.empty(); }

std::string junit_case(const PointCheck& check, const BaselineConfig& baseline) {
  const std::string head =
      fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" line="{}")",
                  xml(baseline.name), xml(check.point.name), xml(baseline.file), check.point.line);
  if (is_ok(check)) {
    return head + "/>\n";
  }
  const char* tag = check.has_failed() ? "error" : "failure";
  const std::vector<std::string> lines = findings(check);
  return fmt::format("{}>\n      <{} type=\"{}\" message=\"{}\">{}</{}>\n    </testcase>\n", head,
                     tag, check.has_failed() ? "run" : "budget", xml(lines.front()),
                     xml(fmt::format("{}", fmt::join(lines, "\n"))), tag);
}

// Energy, time and their changes in a row of a table.
std::string markdown_row(const PointCheck& check) {
  const char* verdict = check.has_failed()        ? "failed to run"
                        : !check.breaches.empty() ? "**outside budget**"
                        : check.has_moved()       ? "moved within budget"
                                                  : "identical";
  std::string out = fmt::format("| {} | {} |", markdown(check.point.name), verdict);
  for (const Metric metric : {Metric::energy_per_output_token, Metric::time}) {
    if (check.has_failed()) {
      out += " | |";
      continue;
    }
    const double now = check.run.now->metric(metric).value();
    const double before = check.before ? check.before->metric(metric).value() : now;
    out += fmt::format(" {} | {} |", si(now, unit_of(metric)), relative(before, now));
  }
  return out + "\n";
}

}  // namespace

std::string junit_xml(const CheckEnd& end) {
  const std::string counts = fmt::format(R"(tests="{}" failures="{}" errors="{}")",
                                         end.points.size(), end.broken(), end.failed());
  const std::string name = xml(end.baseline.name);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"systole check\" {0}>\n"
      "  <testsuite name=\"{1}\" {0} skipped=\"0\">\n",
      counts, name);
  for (const PointCheck& check : end.points) {
    out += junit_case(check, end.baseline);
  }
  return out + "  </testsuite>\n</testsuites>\n";
}

std::string markdown_summary(const CheckEnd& end) {
  std::string out = fmt::format("### systole check: {}\n\n", markdown(end.baseline.name));
  out += end.broken() + end.failed() == 0
             ? fmt::format("All {} points are within their budgets.\n\n", end.points.size())
             : fmt::format("{} of {} points outside budget, {} failed to run.\n\n", end.broken(),
                           end.points.size(), end.failed());
  out += "| point | verdict | energy per token | change | time | change |\n";
  out += "|---|---|--:|--:|--:|--:|\n";
  for (const PointCheck& check : end.points) {
    out += markdown_row(check);
  }
  for (const PointCheck& check : end.points) {
    if (is_ok(check)) {
      continue;
    }
    out += fmt::format("\n**{}**\n\n", markdown(check.point.name));
    for (const std::string& line : findings(check)) {
      out += fmt::format("- {}\n", markdown(line));
    }
  }
  return out + "\n";
}

std::string github_annotations(const CheckEnd& end) {
  std::string out;
  for (const PointCheck& check : end.points) {
    if (!is_ok(check)) {
      out += fmt::format("::error file={},line={},title={}::{}\n",
                         annotation_property(end.baseline.file), check.point.line,
                         annotation_property("systole check: " + check.point.name),
                         annotation_text(fmt::format("{}", fmt::join(findings(check), "\n"))));
    }
  }
  return out;
}

nlohmann::ordered_json gha_benchmark(const CheckEnd& end) {
  Json out = Json::array();
  for (const PointCheck& check : end.points) {
    if (check.has_failed()) {
      continue;
    }
    const Snapshot& now = *check.run.now;
    for (const Metric metric :
         {Metric::energy_per_output_token, Metric::time, Metric::power_w_per_chip}) {
      Json one{{"name", fmt::format("{}: {}", check.point.name, name(metric))},
               {"unit", unit_of(metric)},
               {"value", now.metric(metric).value()}};
      if (metric == Metric::energy_per_output_token && now.energy_range) {
        one["range"] = fmt::format("{} .. {}", print_number(now.energy_range->at(0)),
                                   print_number(now.energy_range->at(2)));
      }
      one["extra"] = fmt::format("energy model {}\n{}", now.energy_model, run_line(check.point));
      out.push_back(std::move(one));
    }
  }
  return out;
}

nlohmann::ordered_json bmf(const CheckEnd& end) {
  Json out = Json::object();
  for (const PointCheck& check : end.points) {
    if (check.has_failed()) {
      continue;
    }
    const Snapshot& now = *check.run.now;
    Json& measures = out[check.point.name];
    for (std::size_t i = 0; i < kMetrics; ++i) {
      const auto metric = static_cast<Metric>(i);
      measures[std::string(name(metric))] = {{"value", now.metric(metric).value()}};
    }
    if (now.energy_range) {
      measures["energy_per_output_token"] = {{"value", now.energy_range->at(1)},
                                             {"lower_value", now.energy_range->at(0)},
                                             {"upper_value", now.energy_range->at(2)}};
    }
  }
  return out;
}

}  // namespace systole
