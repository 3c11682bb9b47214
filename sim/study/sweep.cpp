// SPDX-License-Identifier: Apache-2.0
#include "study/sweep.hpp"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "study/point.hpp"
#include "study/sweep_row_json.hpp"
#include "study/sweep_store.hpp"
#include "study/worker_pool.hpp"

namespace systole {
namespace {

using Clock = std::chrono::steady_clock;

// One line for the numbers, then the document.
std::string pack(const Result& result, double seconds, const SweepOptions& options) {
  const nlohmann::json line{{"row", row_json(sweep_row(result))},
                            {"ledger", ledger_json(ledger_sums(result))},
                            {"seconds", seconds}};
  return line.dump() + "\n" + (options.store != nullptr ? options.document(result) : "");
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

struct Answer {
  SweepOutcome outcome;
  double seconds = 0;
  std::string document;
};

Answer answer_of(JobEnd end) {
  Answer out{.outcome = {.status = status_of(end.kind), .message = {}, .row = {}}, .document = {}};
  if (out.outcome.status != PointStatus::done) {
    out.outcome.message = std::move(end.text);
    return out;
  }
  const std::size_t line = end.text.find('\n');
  const nlohmann::json numbers = nlohmann::json::parse(end.text.substr(0, line));
  out.outcome.row = row_from_json(numbers.at("row"));
  out.outcome.ledger = ledger_from_json(numbers.at("ledger"));
  out.seconds = numbers.at("seconds").get<double>();
  out.document = end.text.substr(line + 1);
  return out;
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

std::vector<LedgerSum> ledger_sums(const Result& result) {
  std::vector<LedgerSum> out;
  for (const BillLine& line : result.bill.lines) {
    const auto same = [&](const LedgerSum& sum) {
      return sum.action == name(line.line.action) && sum.tensor == name(line.line.tensor) &&
             sum.component == name(line.line.component);
    };
    auto sum = std::ranges::find_if(out, same);
    if (sum == out.end()) {
      sum = out.insert(out.end(), {.component = std::string(name(line.line.component)),
                                   .tensor = std::string(name(line.line.tensor)),
                                   .action = std::string(name(line.line.action)),
                                   .count = 0,
                                   .energy_j = 0});
    }
    sum->count += line.line.count;
    sum->energy_j += line.energy_j;
  }
  return out;
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

std::vector<std::size_t> tasks_to_run(const std::vector<SweepTask>& plan,
                                      const SweepOptions& options) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const KeptPoint* kept = options.store == nullptr ? nullptr : options.store->find(plan[i].key);
    const bool is_kept =
        kept != nullptr && (kept->outcome.status == PointStatus::done || !options.retry_failed);
    if (plan[i].message.empty() && !is_kept) {
      out.push_back(i);
    }
  }
  return out;
}

SweepEnd kept_sweep(const SweepConfig& sweep, const std::vector<SweepTask>& plan,
                    const std::vector<const SweepStore*>& stores) {
  SweepEnd end;
  end.outcomes.resize(sweep.points.size());
  for (const SweepTask& task : plan) {
    SweepOutcome outcome{.status = PointStatus::not_run, .message = task.message, .row = {}};
    if (!task.message.empty()) {
      outcome.status = PointStatus::wrong_input;
    }
    for (const SweepStore* store : stores) {
      if (const KeptPoint* kept = store->find(task.key)) {
        outcome = kept->outcome;
        break;
      }
    }
    if (task.is_check) {
      end.checks.push_back({.point = task.point, .outcome = std::move(outcome)});
    } else {
      end.outcomes[task.point] = std::move(outcome);
    }
  }
  return end;
}

SweepEnd run_sweep(const SweepConfig& sweep, const std::vector<SweepTask>& plan,
                   const SweepOptions& options) {
  const std::vector<std::size_t> todo = tasks_to_run(plan, options);
  SweepEnd end =
      kept_sweep(sweep, plan,
                 options.store == nullptr ? std::vector<const SweepStore*>{}
                                          : std::vector<const SweepStore*>{options.store});
  const auto job = [&](std::size_t index) {
    const Clock::time_point start = Clock::now();
    const Result result = run_point(sweep.base, {.overrides = plan[todo[index]].overrides});
    return pack(result, std::chrono::duration<double>(Clock::now() - start).count(), options);
  };
  const auto done = [&](std::size_t index, JobEnd job_end) {
    const SweepTask& task = plan[todo[index]];
    const Answer answer = answer_of(std::move(job_end));
    // Whoever ends a worker may be about to end the pool, as a cluster does: that says nothing of
    // the point, which is computed again when the sweep goes on.
    if (options.store != nullptr && answer.outcome.status != PointStatus::crashed) {
      options.store->keep(
          {.outcome = answer.outcome, .seconds = answer.seconds, .program = program_hash()},
          task.key, answer.document);
    }
    if (task.is_check) {
      end.checks[todo[index] - sweep.points.size()].outcome = answer.outcome;
    } else {
      end.outcomes[task.point] = answer.outcome;
    }
    if (options.ended) {
      options.ended(task, answer.outcome);
    }
  };
  end.interrupted = !run_jobs(todo.size(), options.workers, job, done);
  return end;
}

}  // namespace systole
