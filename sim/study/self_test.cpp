// SPDX-License-Identifier: Apache-2.0
#include "study/self_test.hpp"

#include <cmath>

#include "base/error.hpp"
#include "study/point.hpp"

namespace systole {
namespace {

// One product costs 1 pJ under interview.yaml, and nothing else in a gemm from SRAM costs anything.
void check_known_energy(const std::filesystem::path& data) {
  GemmOptions options;
  options.m = 256;
  options.n = 128;
  options.k = 128;
  options.chip = data / "configs/chips/tpu_v4.yaml";
  options.energy_model = data / "energy_models/interview.yaml";
  const double found = run_gemm(options).bill.total_j.nominal;
  const double known = 256.0 * 128.0 * 128.0 * 1e-12;
  check(std::abs(found - known) <= 1e-12 * known,
        "a product of 256 x 128 x 128 at 1 pJ costs {} J, not {}", known, found);
}

// Each holds its own laws; whatever moves is counted the same.
void check_fidelities(const std::filesystem::path& data) {
  PointOptions options;
  const std::string run = data / "configs/runs/tiny-decode.yaml";
  options.overrides = {{"fidelity", "event"}};
  const Result event = run_point(run, options);
  options.overrides = {{"fidelity", "analytic"}};
  const Result analytic = run_point(run, options);
  check(event.macs == analytic.macs && event.ici_bytes == analytic.ici_bytes &&
            event.hbm_read_bytes == analytic.hbm_read_bytes &&
            event.sram_read_bytes == analytic.sram_read_bytes,
        "the event engine and the closed form count differently");
}

}  // namespace

SelfTest self_test(const std::filesystem::path& data) {
  SelfTest out;
  try {
    check_known_energy(data);
    check_fidelities(data);
  } catch (const UserError& error) {
    out.unread = error.diagnostics().front().message;
  } catch (const std::exception& error) {
    out.broken = error.what();
  }
  return out;
}

}  // namespace systole
