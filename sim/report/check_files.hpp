// SPDX-License-Identifier: Apache-2.0
// `systole check` for machines and their readers: CI servers, review pages, history charts.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "study/check.hpp"

namespace systole {

// JUnit XML, as Jenkins and GitLab read it: one test case a point.
[[nodiscard]] std::string junit_xml(const CheckEnd& end);

// A section of a Markdown page, as GitHub shows it on the page of a run.
[[nodiscard]] std::string markdown_summary(const CheckEnd& end);

// Workflow commands of GitHub: an error at the line of each point that is not ok.
[[nodiscard]] std::string github_annotations(const CheckEnd& end);

// "customSmallerIsBetter" of github-action-benchmark; rates, where larger is better, are left out.
[[nodiscard]] nlohmann::ordered_json gha_benchmark(const CheckEnd& end);

// Bencher Metric Format: median, and p5 and p95 as bounds, where there is a range.
[[nodiscard]] nlohmann::ordered_json bmf(const CheckEnd& end);

}  // namespace systole
