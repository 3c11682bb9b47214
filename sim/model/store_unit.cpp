// SPDX-License-Identifier: Apache-2.0
#include "model/store_unit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/clock.hpp"

namespace systole::model {

StoreUnit::StoreUnit(const sc_core::sc_module_name& name) : sc_module(name) {
  SC_HAS_PROCESS(StoreUnit);
  SC_METHOD(wake);
  sensitive << requests_.pushed() << timer_;
  dont_initialize();
}

StorePort& StoreUnit::open_port() {
  const auto number = static_cast<std::uint32_t>(ports_.size());
  return *ports_.emplace_back(std::make_unique<StorePort>(requests_, number));
}

void StoreUnit::accept_requests() {
  std::vector<Request> arrived;
  while (requests_.can_pop()) {
    arrived.push_back(requests_.pop());
  }
  // What came in one delta cycle came in the kernel's order; the ports' order decides.
  std::stable_sort(arrived.begin(), arrived.end(),
                   [](const Request& a, const Request& b) { return a.port < b.port; });
  for (const Request& request : arrived) {
    accept(request);
    ++open_;
  }
}

void StoreUnit::wake() {
  accept_requests();
  std::optional<Femtoseconds> first = next();
  for (; first && *first <= now(); first = next()) {
    ports_[complete()]->replies().push({});
    --open_;
  }
  if (first) {
    wake_at(timer_, *first);
  }
}

std::string StoreUnit::waiting_for() const {
  return open_ == 0 ? "requests" : fmt::format("{} trains to complete", open_);
}

}  // namespace systole::model
