// SPDX-License-Identifier: Apache-2.0
// The contract of rtl/README.md, carried out a row at a time: what a matrix unit's pins must do.
//
// It has no processing elements, delays or banks: a row's sums are computed when it enters and come
// out at the cycle that the contract's formula names. So it shares nothing with the RTL or with the
// clocked model but the contract and `numerics`, and where the two differ it says who is right.
#pragma once

#include <memory>

#include "model/array_unit.hpp"

namespace systole::cosim {

[[nodiscard]] std::unique_ptr<model::ArrayUnit> make_contract_unit(
    const model::ArrayConfig& config);

}  // namespace systole::cosim
