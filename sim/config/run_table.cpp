// SPDX-License-Identifier: Apache-2.0
// Pods, runs and sweeps.
#include "config/table.hpp"

namespace systole {
namespace {

// Beyond these, products such as batch x context x layers x width leave 64 bits.
constexpr const char* kMostSequences = "1048576";
constexpr const char* kMostTokens = "16777216";

const std::vector<std::string> kStreamed{"bf16", "fp8_e4m3", "fp8_e5m2", "int8", "int4", "fp4"};

void workload(std::vector<Row>& t) {
  t.push_back(section_row("workload", "What is computed."));
  t.push_back(path_row("workload.model", "A Hugging Face config.json.",
                       "../../workloads/models/llama-3.1-70b.json"));
  t.push_back(choice_row("workload.phase", {"decode", "prefill"},
                         "decode generates one token per sequence and step; prefill reads the "
                         "prompt."));
  t.push_back(integer_row("workload.batch", "1", kMostSequences,
                          "Sequences in the step, over the whole pod: all data-parallel groups "
                          "together.",
                          "64"));
  t.push_back(optional(integer_row("workload.context", "0", kMostTokens,
                                   "Tokens already in the KV cache of each sequence. Decode needs "
                                   "it, prefill does not read it.",
                                   "2048")));
  t.push_back(optional(integer_row("workload.prompt", "1", kMostTokens,
                                   "Tokens of each sequence. Prefill needs it, decode does not "
                                   "read it.",
                                   "2048")));
  t.push_back(with_default(integer_row("workload.steps", "1", "1048576",
                                       "Tokens generated per sequence; decode only.", "1"),
                           "1"));
  t.push_back(choice_row("workload.weights",
                         {"bf16", "fp8_e4m3", "fp8_e5m2", "int8", "int4", "fp4", "ternary"},
                         "Number format of the weights."));
  t.push_back(with_default(
      choice_row("workload.activations", kStreamed, "Number format of the activations."), "bf16"));
  t.push_back(with_default(
      choice_row("workload.kv_cache", kStreamed, "Number format of the cached keys and values."),
      "bf16"));
  t.push_back(with_default(choice_row("workload.causal", {"half", "full"},
                                      "Attention of prefill: half skips what the causal mask "
                                      "hides, full computes all of it."),
                           "half"));
}

void values(std::vector<Row>& t) {
  t.push_back(optional(section_row(
      "values",
      "What numbers the operands hold. Products and shifts of the matrix units cost what "
      "their registers switch.")));
  for (const char* tensor : {"weights", "activations", "kv_cache"}) {
    const std::string section = join("values", tensor);
    t.push_back(optional(section_row(section, "Numbers of one kind of operand.")));
    t.push_back(with_default(
        choice_row(join(section, "distribution"), {"random", "gaussian", "sparse", "histogram"},
                   "random: every code of an integer type, or -1 to 1, equally likely. gaussian: "
                   "the largest value is four standard deviations. sparse: zero with the share "
                   "'zeros', else random. histogram: measured values."),
        "random"));
    t.push_back(optional({.key = join(section, "zeros"),
                          .type = Type::number,
                          .least = "0",
                          .most = "1",
                          .doc = "Share of zeros; sparse needs it.",
                          .example = "0.5"}));
    t.push_back(
        optional(path_row(join(section, "histogram"), "Lines of 'value,count'; histogram needs it.",
                          "activations.csv")));
  }
}

void spread(std::vector<Row>& t) {
  t.push_back(section_row("sharding", "How the work is spread: tensor x data chips."));
  t.push_back(integer_row("sharding.tensor", "1", kMostSequences,
                          "Chips that share every layer. They take whole axes of the pod, first "
                          "axis first, and if needed an even part of the next.",
                          "64"));
  t.push_back(with_default(integer_row("sharding.data", "1", kMostSequences,
                                       "Groups of chips, each with its own sequences.", "1"),
                           "1"));
  t.push_back(with_default(
      choice_row(
          "sharding.layout", {"1d", "2d", "gathered_x", "gathered_xy", "gathered_xyz", "auto"},
          "How weights lie over the tensor group. 1d: columns over all chips, one all-reduce "
          "behind attention and one behind the MLP. 2d: the model's width over the x axes, "
          "the other side over the rest; all-gathers and reduce-scatters over either. "
          "gathered_x, _xy, _xyz: each layer's weights are gathered over the first axis, the "
          "first two or three, across which the tokens lie; the rest works as 1d. auto: the "
          "fastest of them by its bounds."),
      "1d"));
  t.push_back(optional({.key = "sharding.x_axes",
                        .type = Type::integers,
                        .least = "0",
                        .most = "2",
                        .doc = "Axes of the tensor group, counted from 0, that layout 2d lays the "
                               "model's width over. Where absent: those whose chips come nearest "
                               "to half the root of the group's.",
                        .example = "[0]"}));
  t.push_back(with_default(
      choice_row("sharding.attention", {"batch", "heads", "context"},
                 "batch: sequences over leading axes, context over the rest. heads: KV heads over "
                 "the chips, padded; fewer KV heads than chips are copied. context: every "
                 "sequence's context over all chips."),
      "batch"));
  t.push_back(optional(section_row("residence", "Which memory of a chip keeps what stays.")));
  t.push_back(with_default(
      choice_row("residence.weights", {"auto", "sram", "hbm"},
                 "auto: SRAM where all of a chip's share fits, otherwise HBM. sram, hbm: there or "
                 "not at all."),
      "auto"));
  t.push_back(with_default(choice_row("residence.kv_cache", {"auto", "sram", "hbm"},
                                      "The same for the KV cache, after the weights."),
                           "auto"));
  t.push_back(optional(section_row("schedule", "When work is started.")));
  t.push_back(with_default(
      choice_row("schedule.overlap", {"async", "chunked", "none"},
                 "async: weights and old KV are fetched ahead, as far as the buffer reaches. "
                 "chunked: also, a matmul and the all-reduce of its result overlap in chunks, each "
                 "with the fixed cost of a collective. none: weights are fetched when their "
                 "operation starts."),
      "async"));
  values(t);
  t.push_back(optional(section_row("uncertainty", "How p5, p50 and p95 are found.")));
  t.push_back(with_default(integer_row("uncertainty.samples", "1", "1048576",
                                       "Energy models drawn from the ranges.", "2048"),
                           "2048"));
  t.push_back(
      with_default(integer_row("uncertainty.seed", "0", "", "Seed of the draws.", "1"), "1"));
}

}  // namespace

std::vector<Row> pod_rows() {
  return {
      text_row("name", "Name of the pod in reports.", "tpu_v4_4x4x4"),
      path_row("chip", "The chip that stands at every place of the mesh.", "../chips/tpu_v4.yaml"),
      {.key = "shape",
       .type = Type::integers,
       .least = "1",
       .most = "65536",
       .doc = "Chips along each axis, one to three axes.",
       .example = "[4, 4, 4]"},
      {.key = "wrap",
       .type = Type::booleans,
       .doc = "For each axis, whether its ends are linked to a ring.",
       .example = "[true, true, true]"},
      {.key = "optical",
       .type = Type::integers,
       .least = "0",
       .most = "65536",
       .required = false,
       .doc =
           "For each axis: every so many-th link is optical, as between cubes of chips, and pays "
           "'ici.optical'. 0: none.",
       .example = "[4, 4, 4]"},
      {.key = "faults",
       .type = Type::faults,
       .required = false,
       .doc = "Links that are down or slow, one direction each. What would cross a dead one takes "
              "the shortest way around it.",
       .example = "[{chip: [0, 0, 0], axis: 0, direction: up, state: down}]"},
  };
}

std::vector<Row> run_rows() {
  std::vector<Row> table{
      path_row("pod", "The chips that run it.", "../pods/tpu_v4_4x4x4.yaml"),
      path_row("energy_model", "The prices of actions.", "../../energy_models/n7.yaml"),
  };
  workload(table);
  spread(table);
  table.push_back(with_default(
      choice_row("fidelity", {"event", "analytic"},
                 "event: every unit is simulated, cycle numbers are exact. analytic: the same "
                 "counts, and the time in closed form, in microseconds."),
      "event"));
  return table;
}

std::vector<Row> sweep_rows() {
  return {
      text_row("name", "Name of the sweep in reports.", "batch-x-precision"),
      path_row("base", "The run file that every point starts from.",
               "../runs/llama-3.1-70b-decode-64.yaml"),
      optional(integer_row("jobs", "1", "1024",
                           "Points simulated at a time where the command line does not say.", "2")),
      optional(text_row("teaches", "What the study shows, in one sentence.",
                        "Ternary weights cost less than half of int4's only where weights "
                        "dominate.")),
      {.key = "variants",
       .type = Type::variants,
       .required = false,
       .doc = "Keys that move together. Points are variants x zip x grid, the last grid key "
              "fastest.",
       .example = "[{name: tensor 64, sharding.tensor: 64, sharding.data: 1}]"},
      {.key = "grid",
       .type = Type::grid,
       .required = false,
       .doc = "Keys that vary on their own: every combination is a point. Keys of the files that "
              "the run names stand behind their kind, as in chip.matrix_unit.rows. In place of a "
              "list, {from: 1, to: 1024, scale: powers_of_two}, or scale linear or log with "
              "points: N, or step: S.",
       .example = "{workload.batch: [1, 8, 64], workload.weights: [bf16, int8]}"},
      {.key = "zip",
       .type = Type::zip,
       .required = false,
       .doc = "Lists that move together: the first values of a section's keys make one point, "
              "the second ones the next.",
       .example = "[{pod: [a.yaml, b.yaml], sharding.tensor: [16, 64]}]"},
      {.key = "exclude",
       .type = Type::exclude,
       .required = false,
       .doc = "Points to leave out: those that have one of the values of every key of a section.",
       .example = "[{workload.batch: [512, 1024], workload.weights: bf16}]"},
      optional(section_row("check", "Holds the analytic engine against the event engine.")),
      integer_row(
          "check.points", "1", "100000",
          "So many points, spread evenly over all, are computed by the other fidelity, too.", "6"),
      optional({.key = "check.fail_above",
                .type = Type::number,
                .least = "0",
                .doc = "The sweep fails (exit 5) if a time differs by more than this part.",
                .example = "0.1"}),
  };
}

}  // namespace systole
