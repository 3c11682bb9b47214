// SPDX-License-Identifier: Apache-2.0
#include "study/check_files.hpp"

#include <algorithm>
#include <functional>

#include "config/baseline.hpp"
#include "config/memory.hpp"
#include "config/read.hpp"
#include "config/sweep.hpp"
#include "ledger/energy_model.hpp"
#include "study/inputs.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

bool is_same(const Diagnostic& a, const Diagnostic& b) {
  return a.message == b.message && a.at.file == b.at.file && a.at.line == b.at.line &&
         a.at.column == b.at.column;
}

// Mistakes of several readings, each once.
class Mistakes {
 public:
  void of(const std::function<void()>& read) {
    try {
      read();
    } catch (const UserError& error) {
      std::ranges::for_each(error.diagnostics(), [&](const Diagnostic& d) { add(d); });
    } catch (const DoesNotFit& error) {
      Diagnostic mistake;
      mistake.message = error.what();
      add(mistake);
    }
  }

  [[nodiscard]] std::vector<Diagnostic> take() { return std::move(found_); }

 private:
  void add(const Diagnostic& mistake) {
    if (std::ranges::none_of(found_, [&](const Diagnostic& d) { return is_same(d, mistake); })) {
      found_.push_back(mistake);
    }
  }

  std::vector<Diagnostic> found_;
};

void check_run(const std::string& file, const std::vector<Override>& overrides, Mistakes& out) {
  out.of([&] { (void)read_inputs(file, overrides); });  // Prices, too, which are not lowered.
  out.of([&] { (void)lower_point(file, overrides); });
}

// Of a space that is for a search: every value of each axis beside the first ones of the others. A
// search passes over points that do not fit, so only what the files say is checked.
void check_axes(const SweepSpace& space, Mistakes& out) {
  for (std::size_t axis = 0; axis < space.axes.size(); ++axis) {
    std::vector<std::size_t> place(space.axes.size(), 0);
    for (; place[axis] < space.axes[axis].size(); ++place[axis]) {
      if (const SweepPoint point = space.at(place); !space.leaves_out(point)) {
        out.of([&] { (void)read_inputs(space.base, point.overrides); });
      }
    }
  }
}

void check_sweep(const std::string& file, Mistakes& out) {
  constexpr double kMostPoints = 1000;
  SweepSpace space;
  out.of([&] { space = read_sweep_space(file); });
  if (space.size() > kMostPoints) {
    check_axes(space, out);
    return;
  }
  SweepConfig sweep;
  out.of([&] { sweep = read_sweep(file); });
  for (const SweepPoint& point : sweep.points) {
    check_run(sweep.base, point.overrides, out);
  }
}

}  // namespace

std::vector<Diagnostic> mistakes_of(FileKind kind, const std::string& file) {
  Mistakes out;
  switch (kind) {
    case FileKind::run: check_run(file, {}, out); break;
    case FileKind::sweep: check_sweep(file, out); break;
    case FileKind::pod: out.of([&] { (void)read_pod(file); }); break;
    case FileKind::chip: out.of([&] { (void)read_chip(file); }); break;
    case FileKind::memory: out.of([&] { (void)read_memory(file); }); break;
    case FileKind::energy_model: out.of([&] { (void)read_energy_model(file); }); break;
    case FileKind::baseline: out.of([&] { (void)read_baseline(file); }); break;
    default: out.of([&] { (void)load(kind, file); });
  }
  return out.take();
}

}  // namespace systole
