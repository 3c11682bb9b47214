// SPDX-License-Identifier: Apache-2.0
#include "model/kernel.hpp"

#include <memory>
#include <systemc>

namespace systole::model {
namespace {

// Puts the former kernel back even when the simulation throws.
class FreshKernel {
 public:
  FreshKernel()
      : current_(sc_core::sc_curr_simcontext), default_(sc_core::sc_default_global_context) {
    context_ = std::make_unique<sc_core::sc_simcontext>();
    sc_core::sc_curr_simcontext = sc_core::sc_default_global_context = context_.get();
  }
  FreshKernel(const FreshKernel&) = delete;
  FreshKernel& operator=(const FreshKernel&) = delete;
  ~FreshKernel() {
    context_.reset();  // While it is still the current one: its destructor looks there.
    sc_core::sc_curr_simcontext = current_;
    sc_core::sc_default_global_context = default_;
  }

 private:
  sc_core::sc_simcontext* current_;
  sc_core::sc_simcontext* default_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
};

}  // namespace

void with_fresh_kernel(const std::function<void()>& body) {
  const FreshKernel kernel;
  sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
  body();
}

std::string kernel_version() { return sc_core::sc_release(); }

}  // namespace systole::model
