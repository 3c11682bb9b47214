// SPDX-License-Identifier: Apache-2.0
#include "study/sweep.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "config/read.hpp"
#include "study/point.hpp"
#include "study/worker_pool.hpp"

namespace systole {

// How a row goes from worker to pool: JSON writes a double so that it reads back as the same one.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SweepRow, model, phase, chip, config_hash, fidelity,
                                   energy_model, folded, chips, output_tokens, time_s, step_s,
                                   tokens_per_s, energy_j, energy_p5_j, energy_p50_j, energy_p95_j,
                                   dynamic_j, purposes_j, power_w_per_chip, binding, bound_time_s,
                                   matrix_unit_utilisation, vector_unit_utilisation,
                                   hbm_utilisation, ici_utilisation)

namespace {

// One line for the row, then the document.
std::string pack(const Result& result, const SweepHooks& hooks) {
  const SweepRow row = sweep_row(result);
  nlohmann::json line = row;
  if (row.tokens_per_s_per_user) {
    line["tokens_per_s_per_user"] = *row.tokens_per_s_per_user;
  }
  return line.dump() + "\n" + hooks.document(result);
}

SweepRow unpack_row(const std::string& line) {
  const nlohmann::json json = nlohmann::json::parse(line);
  SweepRow row = json.get<SweepRow>();
  if (json.contains("tokens_per_s_per_user")) {
    row.tokens_per_s_per_user = json["tokens_per_s_per_user"].get<double>();
  }
  return row;
}

PointStatus status_of(JobEnd::Kind kind) {
  switch (kind) {
    case JobEnd::Kind::done: return PointStatus::done;
    case JobEnd::Kind::wrong_input: return PointStatus::wrong_input;
    case JobEnd::Kind::does_not_fit: return PointStatus::does_not_fit;
    case JobEnd::Kind::fault: return PointStatus::fault;
    case JobEnd::Kind::crashed: return PointStatus::crashed;
  }
  return PointStatus::fault;
}

}  // namespace

std::string_view name(PointStatus status) {
  switch (status) {
    case PointStatus::done: return "done";
    case PointStatus::wrong_input: return "wrong_input";
    case PointStatus::does_not_fit: return "does_not_fit";
    case PointStatus::fault: return "fault";
    case PointStatus::crashed: return "crashed";
    case PointStatus::not_run: return "not_run";
  }
  return "";
}

SweepRow sweep_row(const Result& result) {
  check(result.run && result.output_tokens.value_or(0) > 0 && result.elapsed.count() > 0,
        "a point of a sweep gave no tokens or took no time");
  const auto tokens = static_cast<double>(*result.output_tokens);
  const double seconds = result.seconds();
  const auto steps = static_cast<double>(result.tokens_per_user.value_or(1));
  const Spread& total = result.bill.total_j;
  const bool is_decode = result.run->workload.phase == Phase::decode;
  SweepRow row{.model = result.run->model,
               .phase = is_decode ? "decode" : "prefill",
               .chip = result.chip.name,
               .config_hash = result.config_hash,
               .fidelity = result.fidelity,
               .energy_model = result.energy_model,
               .folded = result.folded,
               .chips = result.chips,
               .output_tokens = *result.output_tokens,
               .time_s = seconds,
               .step_s = seconds / steps,
               .tokens_per_s = tokens / seconds,
               .tokens_per_s_per_user = {},
               .energy_j = total.nominal / tokens,
               .energy_p5_j = total.p5 / tokens,
               .energy_p50_j = total.p50 / tokens,
               .energy_p95_j = total.p95 / tokens,
               .dynamic_j = result.bill.dynamic_j / tokens,
               .purposes_j = by_purpose(result.bill),
               .power_w_per_chip = total.nominal / seconds / static_cast<double>(result.chips),
               .binding = result.binding().resource,
               .bound_time_s = to_seconds(result.binding().time).count(),
               .matrix_unit_utilisation = result.matrix_unit_utilisation,
               .vector_unit_utilisation = result.vector_unit_utilisation,
               .hbm_utilisation = result.hbm_utilisation,
               .ici_utilisation = result.ici_utilisation};
  if (result.tokens_per_user) {
    row.tokens_per_s_per_user = steps / seconds;
  }
  for (double& joules : row.purposes_j) {
    joules /= tokens;
  }
  return row;
}

std::size_t SweepEnd::count(PointStatus status) const {
  return static_cast<std::size_t>(std::ranges::count(outcomes, status, &SweepOutcome::status));
}

std::optional<FidelityError> error_of(const SweepEnd& end, const SweepChecked& checked) {
  const std::optional<SweepRow>& row = end.outcomes[checked.point].row;
  const std::optional<SweepRow>& other = checked.outcome.row;
  if (!row || !other) {
    return std::nullopt;
  }
  const bool is_event = row->fidelity == name(Fidelity::event);
  const SweepRow& event = is_event ? *row : *other;
  const SweepRow& analytic = is_event ? *other : *row;
  return FidelityError{.time = analytic.time_s / event.time_s - 1,
                       .energy = analytic.energy_j / event.energy_j - 1};
}

SweepEnd run_sweep(const SweepConfig& sweep, std::size_t workers, const SweepHooks& hooks) {
  SweepEnd end;
  end.outcomes.resize(sweep.points.size());
  if (sweep.check) {
    for (const std::size_t point : sweep.check->points) {
      end.checks.push_back({.point = point, .outcome = {}});
    }
  }
  const auto job = [&](std::size_t index) {
    const bool is_check = index >= sweep.points.size();
    std::vector<Override> overrides =
        sweep.points[is_check ? end.checks[index - sweep.points.size()].point : index].overrides;
    if (is_check) {
      const Fidelity fidelity = read_run(sweep.base, overrides).fidelity;
      std::erase_if(overrides, [](const Override& o) { return o.key == "fidelity"; });
      overrides.push_back(
          {.key = "fidelity",
           .value = std::string(
               name(fidelity == Fidelity::event ? Fidelity::analytic : Fidelity::event))});
    }
    return pack(
        run_point(
            sweep.base,
            {.overrides = std::move(overrides), .energy_model = {}, .trace = {}, .unfold = false}),
        hooks);
  };
  const auto done = [&](std::size_t index, JobEnd job_end) {
    SweepOutcome& outcome = index < sweep.points.size()
                                ? end.outcomes[index]
                                : end.checks[index - sweep.points.size()].outcome;
    outcome.status = status_of(job_end.kind);
    std::string document;
    if (outcome.status == PointStatus::done) {
      const std::size_t line = job_end.text.find('\n');
      outcome.row = unpack_row(job_end.text.substr(0, line));
      document = job_end.text.substr(line + 1);
    } else {
      outcome.message = job_end.text;
    }
    hooks.ended(index, outcome, document);
  };
  end.interrupted = !run_jobs(sweep.points.size() + end.checks.size(), workers, job, done);
  return end;
}

}  // namespace systole
