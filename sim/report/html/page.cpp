// SPDX-License-Identifier: Apache-2.0
#include "report/html/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "report/format.hpp"
#include "report/html/advice.hpp"
#include "report/html/assets.hpp"
#include "report/html/markup.hpp"
#include "report/html/palette.hpp"
#include "report/html/sections.hpp"

namespace systole::html {
namespace {

constexpr std::size_t kMostRecommendations = 5;
constexpr std::size_t kMostFrontRows = 10;

// Nothing may be fetched and nothing run but the two scripts below, which their hashes name.
std::string policy() {
  return fmt::format(
      "default-src 'none'; style-src {}; script-src {} {}; base-uri 'none'; "
      "form-action 'none'",
      policy_hash(kPageStyleHash), policy_hash(kPlotScriptHash), policy_hash(kPageScriptHash));
}

std::string head(const ReportData& data) {
  return "<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
         policy() +
         "\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"color-scheme\" content=\"light dark\">\n" +
         element("title", {}, escaped(title_of(data))) + "\n<style>" + std::string(kPageStyle) +
         "</style>\n";
}

std::string figure(const Figure& drawn) {
  // The sweep's script puts its own picture where the still one stands.
  const std::string live =
      drawn.id == "sweep" ? element("div", {{"id", "live"}, {"class", "live"}}, "") : "";
  return element("figure",
                 {{"class", drawn.is_half ? "half" : "wide"}, {"id", "figure-" + drawn.id}},
                 element("h2", {}, escaped(drawn.heading)) +
                     element("figcaption", {}, escaped(drawn.caption)) + live +
                     element("div", {{"class", "still"}}, drawn.svg)) +
         "\n";
}

// For Markdown, where quotes are harmless and tags are not.
std::string safe(std::string_view text) {
  std::string out = escaped(text);
  for (const auto& [code, character] : {std::pair("&#39;", "'"), {"&quot;", "\""}}) {
    for (std::size_t at = 0; (at = out.find(code, at)) != std::string::npos; ++at) {
      out.replace(at, std::string_view(code).size(), character);
    }
  }
  return out;
}

std::string row(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) {
    out += " ";
    for (const char c : safe(cell)) {
      out += c == '|' ? std::string("\\|") : c == '\n' ? std::string(" ") : std::string(1, c);
    }
    out += " |";
  }
  return out + "\n";
}

std::string front_table(const ReportData& data) {
  std::string out = "\n### Worth having\n\n" + row({"point", "energy", "time", "bound by", ""}) +
                    row({"---", "---", "---", "---", "---"});
  std::vector<std::size_t> front = data.front.points;
  if (front.size() > kMostFrontRows) {  // Those around the knee.
    const auto knee = std::ranges::find(front, data.shown) - front.begin();
    const auto first =
        std::clamp<std::ptrdiff_t>(knee - static_cast<std::ptrdiff_t>(kMostFrontRows) / 2, 0,
                                   static_cast<std::ptrdiff_t>(front.size() - kMostFrontRows));
    front.erase(front.begin(), front.begin() + first);
    front.resize(kMostFrontRows);
  }
  for (const std::size_t i : front) {
    const SweepRow& r = *data.points[i].row;
    out += row({words_for(data.points[i]), si(r.energy_j, energy_unit(data)), si(r.step_s, "s"),
                resource_name(r.binding), i == data.shown ? "knee" : ""});
  }
  return out;
}

std::string verdict_table(const ReportData& data) {
  const SweepRow& r = *data.detail().row;
  std::string out = row({"", ""}) + row({"---", "---"});
  out += row({data.has_tokens ? "energy per token" : "energy",
              fmt::format("**{}** ({} .. {}, 5% .. 95%)", si(r.energy_j, energy_unit(data)),
                          si(r.energy_p5_j, "J"), si(r.energy_p95_j, "J"))});
  out += row({"moving weights",
              percent(r.energy_j > 0 ? r.purpose_j(Purpose::weights) / r.energy_j : 0.0)});
  out += row({"time", si(r.step_s, "s")});
  if (r.tokens_per_s_per_user) {
    out += row({"speed for a user", si_of(*r.tokens_per_s_per_user, "tokens/s")});
  }
  out += row({"power of a chip", si(r.power_w_per_chip, "W")});
  return out +
         row({"bound by", fmt::format("{} ({} of the time)", resource_name(r.binding),
                                      percent(r.time_s > 0 ? r.bound_time_s / r.time_s : 0))});
}

}  // namespace

std::string title_of(const ReportData& data) {
  const SweepRow& row = *data.detail().row;
  if (!data.name.empty()) {
    return data.name + (row.model.empty() ? "" : ": " + row.model);
  }
  const std::string what = !row.model.empty()        ? row.model
                           : data.document.is_null() ? "result"
                                                     : data.document.value("command", "result");
  if (data.points.size() > 1) {
    return fmt::format("{} results", data.points.size());
  }
  return fmt::format("{} on {} x {}", what, row.chips, row.chip);
}

std::string page(const ReportData& data) {
  std::string figures;
  std::string after;
  std::size_t halves = 0;
  for (const Figure& drawn : all_figures(data)) {
    figures += figure(drawn);
    halves += drawn.is_half ? 1 : 0;
  }
  // Beside the last half picture there is room for one text.
  (halves % 2 == 1 ? figures : after) += silent_section(data);
  const std::string body = header_section(data) + verdict_section(data) + change_section(data) +
                           failures_section(data) +
                           element("div", {{"class", "figures"}}, figures) + points_section(data) +
                           after + sources_section(data) + reproduce_section(data);
  std::string scripts;
  if (data.is_sweep()) {
    scripts = element("script", {{"type", "application/json"}, {"id", "data"}},
                      script_json(page_data(data))) +
              "\n<script>" + std::string(kPlotScript) + "</script>\n<script>" +
              std::string(kPageScript) + "</script>\n";
  }
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n" + head(data) + "</head>\n<body>\n" +
         element("main", {}, body) +
         element("div", {{"id", "told"}, {"role", "status"}, {"aria-live", "polite"}}, "") + "\n" +
         scripts + "</body>\n</html>\n";
}

std::string markdown(const ReportData& data) {
  std::string out = "## " + safe(title_of(data)) + "\n\n";
  out += data.teaches.empty() ? "" : safe(data.teaches) + "\n\n";
  if (data.is_sweep()) {
    out += fmt::format("{} points; the knee is **{}**.\n\n", data.points.size(),
                       safe(words_for(data.detail())));
  }
  out += verdict_table(data) + "\n" + safe(why(data)) + "\n";
  const std::vector<Recommendation> all = recommendations(data, kMostRecommendations);
  if (!all.empty()) {
    out += "\n### What should I change?\n\n";
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    out += fmt::format("{}. **{}** saves {}: {}\n", i + 1, safe(all[i].change),
                       percent(all[i].saving), safe(all[i].effect));
  }
  if (data.is_sweep()) {
    out += front_table(data);
  }
  if (data.before && data.before->row) {
    const double was = data.before->row->energy_j;
    const double now = data.detail().row->energy_j;
    out +=
        fmt::format("\nAgainst the previous run: {} then, {} now ({:+.2f}%).\n",
                    si(was, energy_unit(data)), si(now, energy_unit(data)), 100 * (now / was - 1));
  }
  return out;
}

std::string standalone(const Figure& figure) {
  const std::size_t behind = figure.svg.find('>') + 1;
  return figure.svg.substr(0, behind) + "<style>" + std::string(kFigureStyle) + "</style>" +
         figure.svg.substr(behind);
}

}  // namespace systole::html
