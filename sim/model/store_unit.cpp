// SPDX-License-Identifier: Apache-2.0
#include "model/store_unit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "model/clock.hpp"

namespace systole::model {
namespace {

// For the standard heap, whose front is the greatest: later completions are smaller.
constexpr auto kLater = [](const auto& a, const auto& b) {
  return std::tie(a.complete, a.order) > std::tie(b.complete, b.order);
};

}  // namespace

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

void StoreUnit::serve_requests() {
  std::vector<Request> arrived;
  while (requests_.can_pop()) {
    arrived.push_back(requests_.pop());
  }
  // What came in one delta cycle came in the kernel's order; the ports' order decides.
  std::stable_sort(arrived.begin(), arrived.end(),
                   [](const Request& a, const Request& b) { return a.port < b.port; });
  for (const Request& request : arrived) {
    pending_.push_back(
        {.complete = serve(request.train), .order = served_++, .port = request.port});
    std::push_heap(pending_.begin(), pending_.end(), kLater);
  }
}

void StoreUnit::wake() {
  serve_requests();
  while (!pending_.empty() && pending_.front().complete <= now()) {
    std::pop_heap(pending_.begin(), pending_.end(), kLater);
    ports_[pending_.back().port]->replies().push({});
    pending_.pop_back();
  }
  if (!pending_.empty()) {
    wake_at(timer_, pending_.front().complete);
  }
}

std::string StoreUnit::waiting_for() const {
  return pending_.empty() ? "requests" : fmt::format("{} trains to complete", pending_.size());
}

}  // namespace systole::model
