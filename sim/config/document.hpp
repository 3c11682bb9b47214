// SPDX-License-Identifier: Apache-2.0
// A configuration file, read strictly and checked whole against the one table of its kind.
//
// load() finds every mistake of the file (unknown, repeated and missing keys, wrong types, units
// and ranges) and throws them together, each with file, line and column. What it returns holds only
// values that passed, so the typed getters below cannot fail on the user's input; asking for a key
// that the table does not have is a Bug.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace systole {

// The kinds of files: "chip", "pod", "run", "sweep", "energy_model", "memory", "baseline".
enum class FileKind : std::uint8_t { chip, pod, run, sweep, energy_model, memory, baseline };

// `--set key=value`, with the text as given on the command line.
struct Override {
  std::string key;
  std::string value;
  std::string given{};  // The key as it was typed, if that was another.
};

// A number of an energy model: value x low to value x high holds 90% of the belief.
struct Measured {
  double value;  // In the base unit of the key's row: pJ, pJ/B, pJ/b, pJ/b/mm, W, W/mm2, ...
  double low;
  double high;
  std::string kind;
  std::string source;
  std::string note;  // May be empty.
};

// A link fault of a pod. What a document holds is checked against its table, not against the pod.
struct FaultEntry {
  std::vector<std::uint64_t> chip;
  std::uint64_t axis = 0;
  bool up = true;
  std::optional<double> bandwidth{};  // B/s; none: down.
};

// How far a metric of a baseline may move: shares of the recorded value. None: as far as it likes.
struct Budget {
  std::optional<double> up = 0.0;
  std::optional<double> down = 0.0;

  [[nodiscard]] bool is_exact() const { return up == 0.0 && down == 0.0; }
  [[nodiscard]] bool is_free() const { return !up && !down; }
};

class Document {
 public:
  Document();
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  [[nodiscard]] bool has(std::string_view key) const;  // Dotted; a section or a value.
  [[nodiscard]] std::uint64_t integer(std::string_view key) const;
  [[nodiscard]] double number(std::string_view key) const;  // Plain, or a quantity in SI base units
                                                            // (B, B/s, s, Hz, W, J, m, m2).
  [[nodiscard]] bool boolean(std::string_view key) const;
  [[nodiscard]] std::string text(std::string_view key) const;  // Also choices and timings.
  [[nodiscard]] std::string path(std::string_view key) const;  // Resolved against its own file.
  [[nodiscard]] std::vector<std::uint64_t> integers(std::string_view key) const;
  [[nodiscard]] std::vector<bool> booleans(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;  // Also constraints.
  [[nodiscard]] Measured measured(std::string_view key) const;
  [[nodiscard]] std::vector<FaultEntry> faults(std::string_view key) const;
  [[nodiscard]] Budget budget(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> names(std::string_view section) const;  // Keys, in order.

  // For checks across keys: points at the value (or at the section if the key is absent).
  [[nodiscard]] Diagnostic mistake(std::string_view key, std::string message) const;

  // Keys that this file (or --set) gives although a file it extends already gave them.
  [[nodiscard]] std::vector<std::string> overridden() const;

  // Canonical content: every value in SI, keys in table order, no paths of the machine, for
  // hashing.
  [[nodiscard]] nlohmann::ordered_json canonical() const;

  struct Impl;  // config/document_impl.hpp
  explicit Document(std::unique_ptr<Impl> impl);
  [[nodiscard]] const Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

// Rebuilds a document from its canonical content, as a result file carries it, without paths;
// `file` is what mistakes blame.
[[nodiscard]] Document from_canonical(FileKind kind, const nlohmann::ordered_json& content,
                                      const std::string& file,
                                      const std::vector<Override>& overrides = {});

// Reads `file` (following extends:), applies overrides, checks. Throws UserError.
[[nodiscard]] Document load(FileKind kind, const std::string& file,
                            const std::vector<Override>& overrides = {});

}  // namespace systole
