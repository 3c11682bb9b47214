// SPDX-License-Identifier: Apache-2.0
// A sweep as a SQLite database for other programs: long tables of numbers in SI units with their
// unit, and views for the two questions everyone asks.
//
// It is made whole from what a results folder keeps, point by point in their order: the same sweep
// gives the same content, whoever computed it and in how many pieces.
#pragma once

#include <string>

#include "study/sweep.hpp"

namespace systole {

// "SyLe" in ASCII, and the version of the tables.
inline constexpr int kDatabaseApplication = 0x53794C65;
inline constexpr int kDatabaseVersion = 1;

// Writes the file whole or not at all. Throws UserError.
void write_database(const std::string& path, const SweepConfig& sweep,
                    const std::vector<SweepTask>& plan, const SweepEnd& end);

}  // namespace systole
