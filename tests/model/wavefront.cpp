// SPDX-License-Identifier: Apache-2.0
#include "wavefront.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "clocked_bench.hpp"
#include "model/clocked_ws.hpp"

namespace systole::model {
namespace {

constexpr std::uint32_t kSize = 4;           // Rows and columns of the array, rows of a pass.
constexpr std::size_t kFirst = kSize + 1;    // The first activation meets its weight.
constexpr std::size_t kFrames = 12;          // Two lines of six.
constexpr std::array kWeights{0U, 1U, 16U};  // All of a tile's weights: they name the tile.

using Elements = std::array<std::array<WsElement, kSize>, kSize>;

// Notes the elements in every cycle of whoever drives the pins.
class Recorder final : public ArrayUnit {
 public:
  explicit Recorder(const ArrayConfig& config) : unit_(config) {}

  const UnitOutputs& settle(const UnitInputs& inputs) override {
    const UnitOutputs& outputs = unit_.settle(inputs);
    Elements& elements = cycles_.emplace_back();
    for (std::uint32_t r = 0; r < kSize; ++r) {
      for (std::uint32_t c = 0; c < kSize; ++c) {
        elements[r][c] = unit_.element(r, c);
      }
    }
    return outputs;
  }
  void clock() override { unit_.clock(); }

  [[nodiscard]] const std::vector<Elements>& cycles() const { return cycles_; }

 private:
  ClockedWs unit_;
  std::vector<Elements> cycles_;
};

// What is in a place: a row of activations (counted from 1), or its sum, of tile 1 or 2.
struct Content {
  std::size_t tile = 0;  // 0: nothing.
  std::size_t row = 0;
};

std::size_t tile_of(numerics::Code weight) {
  return weight == kWeights[1] ? 1 : weight == kWeights[2] ? 2 : 0;
}

// Two tiles, whose activations are the number of their row.
std::vector<Elements> run_two_tiles() {
  const ArrayConfig config = array_config(DataType::int8, kSize, kSize, Dataflow::weight_stationary,
                                          Preload::double_buffered, 1, kSize);
  std::vector<Pass> passes(2);
  for (std::size_t tile = 1; tile <= passes.size(); ++tile) {
    for (std::uint32_t i = 0; i < kSize; ++i) {
      constexpr std::uint32_t kAll = 0x01010101;  // Four int8.
      passes[tile - 1].weights.push_back({kWeights[tile] * kAll});
      passes[tile - 1].activations.push_back({(i + 1) * kAll});
    }
  }
  Recorder recorder(config);
  (void)Bench(recorder, config).run(passes);
  return recorder.cycles();
}

// One cycle, told from the registers before it and after it.
struct Frame {
  std::size_t cycle;
  std::array<std::array<Content, kSize>, kSize> elements;
  std::array<std::array<std::size_t, kSize>, kSize> waiting;  // Tile in the shadow, not yet in use.
  std::array<Content, kSize> sums;                            // Leaving the columns.
};

Frame frame(const std::vector<Elements>& cycles, std::size_t cycle) {
  Frame frame{.cycle = cycle, .elements = {}, .waiting = {}, .sums = {}};
  for (std::size_t r = 0; r < kSize; ++r) {
    for (std::size_t c = 0; c < kSize; ++c) {
      const WsElement& before = cycles[cycle][r][c];
      const WsElement& after = cycles[cycle + 1][r][c];
      if (before.active) {
        frame.elements[r][c] = {tile_of(after.weight_q), after.act_q};
      }
      const bool is_waiting = before.shadow_q != after.weight_q;
      frame.waiting[r][c] = is_waiting ? tile_of(before.shadow_q) : 0;
    }
  }
  for (std::size_t c = 0; c < kSize; ++c) {
    if (cycles[cycle - 1][kSize - 1][c].active) {
      // A sum of four products of one weight and one activation of at most four.
      const numerics::Sum product = cycles[cycle][kSize - 1][c].sum_q / kSize;
      const std::size_t tile = product < kWeights[2] ? 1 : 2;
      frame.sums[c] = {tile, product / kWeights[tile]};
    }
  }
  return frame;
}

// Okabe and Ito's blue and orange, which nobody confuses; text has contrast 4.5 or more on each.
constexpr std::array<std::string_view, 3> kFill{"#eceff1", "#0072b2", "#e69f00"};
constexpr std::array<std::string_view, 3> kText{"#5f6b73", "#ffffff", "#1b1b1b"};
constexpr std::string_view kInk = "#1b1b1b";
constexpr std::string_view kGrey = "#5f6b73";

constexpr std::size_t kPitch = 30;  // Of the elements, pixels.
constexpr std::size_t kBox = 27;
constexpr std::size_t kFrameWidth = 172;
constexpr std::size_t kFrameHeight = 194;
constexpr std::size_t kMargin = 20;
constexpr std::size_t kTop = 76;
constexpr std::size_t kWidth = 2 * kMargin + 6 * kFrameWidth;
constexpr std::size_t kHeight = kTop + 2 * kFrameHeight + 66;

std::string text(std::size_t x, std::size_t y, std::size_t size, std::string_view fill,
                 std::string_view anchor, std::string_view words) {
  return fmt::format(
      "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\" text-anchor=\"{}\">{}</text>\n", x, y,
      size, fill, anchor, words);
}

std::string corner(std::size_t x, std::size_t y, std::size_t tile) {
  return fmt::format(
      "<path d=\"M{} {}h10l-10 10z\" fill=\"{}\" stroke=\"#ffffff\" stroke-width=\"1\"/>\n", x, y,
      kFill[tile]);
}

std::string element(std::size_t x, std::size_t y, const Content& content, std::size_t waiting,
                    std::string_view where) {
  std::string title{where};
  title +=
      content.tile == 0 ? ": idle" : fmt::format(": row {} of tile {}", content.row, content.tile);
  title += waiting == 0 ? "" : fmt::format("; its shadow holds tile {}", waiting);
  std::string out = fmt::format(
      "<g><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" "
      "fill=\"{}\"/>\n",
      title, x, y, kBox, kBox, kFill[content.tile]);
  if (content.tile != 0) {
    out += text(x + kBox / 2, y + 19, 14, kText[content.tile], "middle",
                fmt::format("{}", content.row));
  }
  out += waiting == 0 ? "" : corner(x, y, waiting);
  return out + "</g>\n";
}

// An activation or a sum on its way into or out of the array.
std::string chip(std::size_t x, std::size_t y, const Content& content, std::string_view what) {
  if (content.tile == 0) {
    return "";
  }
  return fmt::format(
             "<g><title>{} of row {} of tile {}</title><circle cx=\"{}\" cy=\"{}\" r=\"8\" "
             "fill=\"#ffffff\" stroke=\"{}\" stroke-width=\"2.5\"/>\n",
             what, content.row, content.tile, x, y, kFill[content.tile]) +
         text(x, y + 4, 11, kInk, "middle", fmt::format("{}", content.row)) + "</g>\n";
}

std::string draw(const Frame& frame, std::size_t x, std::size_t y) {
  const std::size_t left = x + 32;
  const std::size_t top = y + 22;
  std::string out =
      "<g>\n" + text(left, y + 13, 13, kInk, "start", fmt::format("cycle {}", frame.cycle));
  for (std::size_t r = 0; r < kSize; ++r) {
    // What enters a row is what its first element takes.
    out += chip(left - 15, top + r * kPitch + 13, frame.elements[r][0], "activation");
    for (std::size_t c = 0; c < kSize; ++c) {
      out += element(left + c * kPitch, top + r * kPitch, frame.elements[r][c], frame.waiting[r][c],
                     fmt::format("cycle {}, element ({}, {})", frame.cycle, r, c));
    }
  }
  for (std::size_t c = 0; c < kSize; ++c) {
    out += chip(left + c * kPitch + 13, top + kSize * kPitch + 10, frame.sums[c], "sum");
  }
  return out + "</g>\n";
}

std::string legend(std::size_t y) {
  const auto entry = [y](std::size_t x, const Content& content, std::size_t waiting,
                         std::string_view words) {
    return element(x, y, content, waiting, "legend") +
           text(x + 34, y + 18, 13, kInk, "start", words);
  };
  return entry(kMargin, {1, 1}, 0, "row 1 of tile 1") +
         entry(kMargin + 140, {2, 1}, 0, "row 1 of tile 2") + entry(kMargin + 280, {}, 0, "idle") +
         entry(kMargin + 352, {1, 4}, 2, "shadow holds the next tile's weight") +
         chip(kMargin + 636, y + 13, {1, 2}, "legend: activation or sum") +
         text(kMargin + 650, y + 18, 13, kInk, "start",
              "left: activation that enters; below: sum that leaves");
}

}  // namespace

std::string wavefront_svg() {
  const std::vector<Elements> cycles = run_two_tiles();
  constexpr std::string_view kTitle =
      "Two tiles follow each other through a 4 x 4 array without a bubble";
  std::string out = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\">\n"
      "<title>{2}</title>\n"
      "<rect x=\"0.5\" y=\"0.5\" width=\"{3}\" height=\"{4}\" rx=\"8\" fill=\"#ffffff\" "
      "stroke=\"#c8ced2\"/>\n",
      kWidth, kHeight, kTitle, kWidth - 1, kHeight - 1);
  out += text(kMargin, 32, 18, kInk, "start", kTitle);
  out += text(kMargin, 53, 13, kGrey, "start",
              "Activations move right, sums down, one element a cycle. Behind tile 1, tile 2 loads "
              "into the shadow registers, and its first row swaps it in.");
  for (std::size_t i = 0; i < kFrames; ++i) {
    out +=
        draw(frame(cycles, kFirst + i), kMargin + i % 6 * kFrameWidth, kTop + i / 6 * kFrameHeight);
  }
  return out + legend(kTop + 2 * kFrameHeight + 14) + "</svg>\n";
}

}  // namespace systole::model
