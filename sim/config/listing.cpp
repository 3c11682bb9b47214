// SPDX-License-Identifier: Apache-2.0
#include "config/listing.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/number.hpp"
#include "config/document_impl.hpp"
#include "config/files.hpp"
#include "config/settings.hpp"

namespace systole {
namespace {

std::string scalar(double value, Dimension dimension) {
  return dimension == Dimension::none ? print_number(value) : print_quantity(value, dimension);
}

// A value of a sweep's key as --set would give it: texts alone need quotation marks.
std::string set_text(const std::string& key, const std::string& text) {
  const std::optional<Setting> setting = find_setting(key);
  const bool is_text =
      !setting || setting->row->type == Type::path || setting->row->type == Type::text;
  return is_text ? yaml_text(text) : text;
}

std::string budget_text(const Budget& budget) {
  if (budget.is_exact() || budget.is_free()) {
    return budget.is_exact() ? "exact" : "free";
  }
  std::vector<std::string> sides;
  const auto add = [&](const char* side, const std::optional<double>& share) {
    if (share) {
      sides.push_back(fmt::format("{}: {} %", side, print_shifted(*share, 2)));
    }
  };
  add("up", budget.up);
  add("down", budget.down);
  return fmt::format("{{{}}}", fmt::join(sides, ", "));
}

std::string fault_text(const FaultEntry& fault) {
  const std::string state =
      fault.bandwidth ? "bandwidth: " + print_quantity(*fault.bandwidth, Dimension::data_rate)
                      : "state: down";
  return fmt::format("{{chip: [{}], axis: {}, direction: {}, {}}}", fmt::join(fault.chip, ", "),
                     fault.axis, fault.up ? "up" : "down", state);
}

std::vector<std::pair<std::string, std::string>> parts_of(const Measured& m, Dimension dimension) {
  std::vector<std::pair<std::string, std::string>> out{
      {"value", scalar(m.value, dimension)},
      {"range", fmt::format("[{}, {}]", print_number(m.low), print_number(m.high))},
      {"kind", m.kind},
      {"source", yaml_text(m.source)}};
  if (!m.note.empty()) {
    out.emplace_back("note", yaml_text(m.note));
  }
  return out;
}

std::string origin_of(const Value& value) {
  if (value.is_default) {
    return "default";
  }
  const Source& source = *value.at.source;
  return source.kind() == Source::Kind::fragment
             ? source.name()
             : fmt::format("{}:{}", source.name(), value.at.line);
}

// Fills in what a value says, by its type.
struct Write {
  ListedValue& out;

  void operator()(std::uint64_t value) const { out.text = std::to_string(value); }
  void operator()(double value) const { out.text = scalar(value, out.row->dimension); }
  void operator()(bool value) const { out.text = value ? "true" : "false"; }
  void operator()(const std::string& value) const {
    const bool is_word = out.row->type == Type::choice || out.row->type == Type::timing;
    out.text = is_word ? value : yaml_text(value);
  }
  void operator()(const std::vector<std::uint64_t>& value) const {
    out.text = fmt::format("[{}]", fmt::join(value, ", "));
  }
  void operator()(const std::vector<bool>& value) const {
    out.text = fmt::format("[{}]", fmt::join(value, ", "));
  }
  void operator()(const std::vector<std::string>& value) const {
    std::ranges::transform(value, std::back_inserter(out.items), yaml_text);
  }
  void operator()(const std::vector<FaultEntry>& value) const {
    std::ranges::transform(value, std::back_inserter(out.items), fault_text);
    out.text = value.empty() ? "[]" : "";
  }
  void operator()(const Budget& value) const { out.text = budget_text(value); }
  void operator()(const Measured& value) const { out.parts = parts_of(value, out.row->dimension); }
};

class Lister {
 public:
  explicit Lister(const Document::Impl& document) : document_(document) {}

  std::vector<ListedValue> all() {
    section("");
    return std::move(out_);
  }

 private:
  void section(std::string_view prefix) {
    for (const Row* row : rows_in(document_.kind, prefix)) {
      list(*row);
    }
  }

  // Every type is named: the compiler asks what a new one looks like.
  void list(const Row& row) {
    switch (row.type) {
      case Type::section: section(row.key); return;
      case Type::grid: grid(row); return;
      case Type::variants: variants(row); return;
      case Type::zip:
      case Type::exclude: groups(row); return;
      case Type::points: points(row); return;
      case Type::settings:  // Of an item of points.
      case Type::budget:
      case Type::integer:
      case Type::number:
      case Type::quantity:
      case Type::text:
      case Type::choice:
      case Type::path:
      case Type::integers:
      case Type::booleans:
      case Type::measured:
      case Type::timing:
      case Type::constraints:
      case Type::faults: break;
    }
    if (const auto value = document_.values.find(row.key); value != document_.values.end()) {
      std::visit(Write{add(row, value->second)}, value->second.content);
    }
  }

  ListedValue& add(const Row& row, const Value& value) {
    std::vector<std::string> path;
    for (std::string_view rest = row.key; !rest.empty();) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      path.emplace_back(rest.substr(0, dot));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    return out_.emplace_back(
        ListedValue{.row = &row, .path = std::move(path), .text = {}, .origin = origin_of(value)});
  }

  [[nodiscard]] const std::vector<std::string>& names(const std::string& section) const {
    static const std::vector<std::string> none;
    const auto found = document_.sections.find(section);
    return found == document_.sections.end() ? none : found->second.names;
  }

  void grid(const Row& row) {
    for (const std::string& key : names(row.key)) {
      const Value& value = document_.values.find(join(row.key, key))->second;
      std::vector<std::string> texts;
      for (const std::string& text : std::get<std::vector<std::string>>(value.content)) {
        texts.push_back(set_text(key, text));
      }
      ListedValue& setting = add(row, value);
      setting.path.push_back(key);
      setting.text = fmt::format("[{}]", fmt::join(texts, ", "));
    }
  }

  void variants(const Row& row) {
    ListedValue* all = nullptr;
    for (const std::string& name : names(row.key)) {
      const std::string prefix = join(row.key, name);
      const SectionContent& section = document_.sections.find(prefix)->second;
      std::string item = "{name: " + yaml_text(name);
      for (const std::string& key : section.names) {
        const Value& value = document_.values.find(join(prefix, key))->second;
        item += fmt::format(", {}: {}", key, set_text(key, std::get<std::string>(value.content)));
      }
      if (all == nullptr) {
        all = &add(row, {.content = name, .at = section.at});
      }
      all->items.push_back(item + "}");
    }
  }

  // Each item as one section in flow style.
  void points(const Row& row) {
    ListedValue* all = nullptr;
    for (const std::string& name : names(row.key)) {
      if (all == nullptr) {
        all = &add(row, {.content = name, .at = document_.sections.find(row.key)->second.at});
      }
      all->items.push_back(item_text(row.key, name));
    }
  }

  // "{name: a, run: b.yaml, set: {workload.batch: 1}, budgets: {time: {up: 1 %}}}"
  std::string item_text(std::string_view section, const std::string& item) {
    std::vector<std::string> pairs;
    for (const Row* row : rows_in(document_.kind, section)) {
      const std::string key = kept_key(row->key, item);
      std::string text;
      if (row->type == Type::settings) {
        std::vector<std::string> settings;
        for (const std::string& name : names(key)) {
          const Value& value = document_.values.find(join(key, name))->second;
          settings.push_back(
              fmt::format("{}: {}", name, set_text(name, std::get<std::string>(value.content))));
        }
        text = settings.empty() ? "" : fmt::format("{{{}}}", fmt::join(settings, ", "));
      } else if (row->type == Type::section) {
        text = item_text(row->key, item);
      } else if (const auto value = document_.values.find(key); value != document_.values.end()) {
        ListedValue written{.row = row, .path = {}, .text = {}, .origin = {}};
        std::visit(Write{written}, value->second.content);
        text = written.text;
      }
      if (!text.empty() && text != "{}") {
        pairs.push_back(fmt::format("{}: {}", row->leaf(), text));
      }
    }
    return fmt::format("{{{}}}", fmt::join(pairs, ", "));
  }

  // Sections whose keys have lists.
  void groups(const Row& row) {
    ListedValue* all = nullptr;
    for (const std::string& name : names(row.key)) {
      const std::string prefix = join(row.key, name);
      const SectionContent& section = document_.sections.find(prefix)->second;
      std::vector<std::string> pairs;
      for (const std::string& key : section.names) {
        const Value& value = document_.values.find(join(prefix, key))->second;
        std::vector<std::string> texts;
        for (const std::string& text : std::get<std::vector<std::string>>(value.content)) {
          texts.push_back(set_text(key, text));
        }
        pairs.push_back(fmt::format("{}: [{}]", key, fmt::join(texts, ", ")));
      }
      if (all == nullptr) {
        all = &add(row, {.content = name, .at = section.at});
      }
      all->items.push_back(fmt::format("{{{}}}", fmt::join(pairs, ", ")));
    }
  }

  const Document::Impl& document_;
  std::vector<ListedValue> out_;
};

// A path that the listing of all follows: the kind of what it names and where its keys go.
struct Followed {
  FileKind from;
  std::string_view key;
  FileKind to;
  std::string_view prefix;
};

constexpr std::array kFollowed{
    Followed{FileKind::sweep, "base", FileKind::run, "base"},
    Followed{FileKind::run, "pod", FileKind::pod, "pod"},
    Followed{FileKind::run, "energy_model", FileKind::energy_model, "energy_model"},
    Followed{FileKind::pod, "chip", FileKind::chip, "chip"},
    Followed{FileKind::chip, "hbm.memory", FileKind::memory, "memory"}};

// `base` is "base" below a sweep's run, else empty: names of kinds do not pile up.
void list_all(FileKind kind, const std::string& file, const std::vector<Override>& overrides,
              const std::string& prefix, const std::string& base, std::vector<ListedValue>& out) {
  const Document document = load(kind, file, overrides);
  std::vector<ListedValue> own = listed_values(document);
  for (ListedValue& setting : own) {
    const auto* followed = std::ranges::find_if(kFollowed, [&](const Followed& f) {
      return f.from == kind && setting.row->type == Type::path && f.key == setting.row->key;
    });
    if (followed != kFollowed.end()) {
      const std::string next_base = kind == FileKind::sweep ? std::string(followed->prefix) : base;
      list_all(followed->to, document.path(followed->key), {},
               kind == FileKind::sweep ? next_base : join(base, followed->prefix), next_base, out);
      continue;
    }
    if (!prefix.empty()) {
      setting.path.insert(setting.path.begin(), prefix);
    }
    out.push_back(std::move(setting));
  }
}

}  // namespace

std::string ListedValue::key() const { return fmt::format("{}", fmt::join(path, ".")); }

std::string yaml_text(const std::string& text) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/.";
  constexpr std::string_view kInside =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/.0123456789 -+()";
  static const std::vector<std::string> words{"true", "false", "null", "Null", "NULL"};
  const bool is_plain = !text.empty() && kLetters.find(text.front()) != std::string_view::npos &&
                        text.find_first_not_of(kInside) == std::string::npos &&
                        text.back() != ' ' && std::ranges::find(words, text) == words.end() &&
                        !parse_quantity(text, Dimension::none).ok();
  if (is_plain) {
    return text;
  }
  std::string out = "\"";
  for (const char c : text) {
    out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  }
  return out + "\"";
}

std::vector<ListedValue> listed_values(const Document& document) {
  return Lister(document.impl()).all();
}

std::vector<ListedValue> listed_values_of_all(FileKind kind, const std::string& file,
                                              const std::vector<Override>& overrides) {
  std::vector<ListedValue> out;
  list_all(kind, file, overrides, "", "", out);
  return out;
}

}  // namespace systole
