// SPDX-License-Identifier: Apache-2.0
// What stands behind the numbers: what costs nothing and why, what is assumed, how to do it again.
#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/facts.hpp"
#include "report/html/markup.hpp"
#include "report/html/palette.hpp"
#include "report/html/sections.hpp"

namespace systole::html {
namespace {

std::string section(const std::string& id, std::string_view heading, const std::string& body) {
  return element("section", {{"id", id}}, element("h2", {}, heading) + body);
}

std::string reason(const Json& document, Component component) {
  double counted = 0;
  for (const LedgerEntry& entry : ledger_of(document)) {
    counted += entry.line.component == component ? static_cast<double>(entry.line.count) : 0;
  }
  return counted > 0
             ? fmt::format("{} were counted, at a price of 0 pJ each", si_of(counted, "actions"))
             : "nothing was counted there in this run";
}

std::string missing(const Json& document, const char* key) {
  return document.at("chip").contains(key) && !document.at("chip").at(key).is_null()
             ? ""
             : "the chip has none";
}

std::string_view kind_words(ValueKind kind) { return name(kind); }

std::string driver_rows(const ReportData& data) {
  const double tokens = tokens_of(data.document);
  std::string rows;
  for (const Json& driver : data.document.at("drivers")) {
    const std::string key = driver.at("key").get<std::string>();
    std::string cells = element("td", {{"class", "text"}}, element("code", {}, escaped(key))) +
                        element("td", {}, si(driver.at("low_j").get<double>() / tokens, "J")) +
                        element("td", {}, si(driver.at("high_j").get<double>() / tokens, "J"));
    if (data.prices) {
      const auto& all = data.prices->parameters;
      const auto found = std::ranges::find(all, key, &Parameter::key);
      cells +=
          element("td", {{"class", "text"}},
                  found == all.end() ? "" : escaped(spaced(kind_words(found->kind)))) +
          element("td", {{"class", "text wide"}}, found == all.end() ? "" : escaped(found->source));
    }
    rows += element("tr", cells);
  }
  return rows;
}

std::string pair_row(std::string_view name, std::string_view value) {
  return element("tr", element("th", {{"scope", "row"}}, escaped(name)) +
                           element("td", {{"class", "text"}}, element("code", escaped(value))));
}

std::string folded(std::string_view summary, const Json& content) {
  return element("details",
                 element("summary", escaped(summary)) + element("pre", escaped(content.dump(2))));
}

}  // namespace

std::string silent_section(const ReportData& data) {
  std::string items;
  const auto add = [&](std::string_view what, std::string_view why_not) {
    items += element("li", {}, element("b", {}, escaped(what)) + ": " + escaped(why_not) + ".");
  };
  if (!data.document.is_null()) {
    for (const Json& item : data.document.at("by_component")) {
      const auto component = component_named(item.at("component").get<std::string>());
      if (component && item.at("energy_j").get<double>() == 0) {
        add(words_for(*component), reason(data.document, *component));
      }
    }
    for (const auto& [key, component] : {std::pair("far_sram", Component::far_sram),
                                         {"hbm", Component::hbm},
                                         {"ici", Component::ici}}) {
      if (const std::string why_not = missing(data.document, key); !why_not.empty()) {
        add(words_for(component), why_not);
      }
    }
  }
  add("Hosts, networks beyond the pod, voltage conversion, cooling",
      "outside of the boundary, which is die and HBM; the ladder adds assumed factors for them");
  return section("silent", "What costs nothing here, and why", element("ul", items));
}

std::string sources_section(const ReportData& data) {
  if (data.document.is_null()) {
    return "";
  }
  const std::string note = fmt::format(
      "{} of the energy rests on numbers that are assumed, not published, measured or derived. "
      "Ranges: {} samples of all prices together, seed {}.",
      percent(data.document.value("assumed_share", 0.0)),
      data.document.at("uncertainty").at("samples").dump(),
      data.document.at("uncertainty").at("seed").dump());
  std::string head = element("th", {{"class", "text"}}, "price") + element("th", {}, "at its low") +
                     element("th", {}, "at its high");
  if (data.prices) {
    head +=
        element("th", {{"class", "text"}}, "kind") + element("th", {{"class", "text"}}, "source");
  }
  return section("sources", "Assumptions and sources",
                 element("p", {}, escaped(note)) +
                     element("div", {{"class", "scroll"}},
                             element("table", element("thead", element("tr", head)) +
                                                  element("tbody", driver_rows(data)))));
}

std::string reproduce_section(const ReportData& data) {
  std::string commands;
  const auto add = [&](const std::string& line) { commands += escaped(line) + "\n"; };
  const bool has_config = data.document.contains("config");
  if (data.name.empty()) {
    add(has_config ? "systole rerun RESULT.json" : "systole run FILE.yaml --json RESULT.json");
    add("systole report RESULT.json -o report.html");
  } else {
    add(fmt::format("systole sweep {}.yaml --results DIR", data.name));
    add("systole report DIR -o report.html");
    add("# the point shown in detail");
    add(fmt::format("systole run BASE.yaml {} --json RESULT.json", data.detail().set));
  }
  const SweepRow& row = *data.detail().row;
  std::string rows = pair_row("systole", data.version) + pair_row("fidelity", row.fidelity) +
                     pair_row("config hash", row.config_hash) +
                     pair_row("energy model", row.energy_model);
  std::string more;
  if (!data.document.is_null()) {
    for (const auto& [role, hash] : data.document.at("stamp").at("inputs").items()) {
      rows += pair_row("hash of " + spaced(role), hash.get<std::string>());
    }
    more = has_config ? folded("the whole configuration", data.document.at("config"))
                      : folded("workload and sharding", data.document.at("point")) +
                            folded("chip", data.document.at("chip"));
  }
  return section("reproduce", "Do it again",
                 element("pre", {{"class", "commands"}}, commands) +
                     element("table", {{"class", "pairs"}}, element("tbody", rows)) + more);
}

}  // namespace systole::html
