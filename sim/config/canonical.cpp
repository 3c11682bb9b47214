// SPDX-License-Identifier: Apache-2.0
// A document as JSON and back: what hashes and result files hold. Numbers are in base units, keys
// in table order, so two files that mean the same give the same bytes.
#include <nlohmann/json.hpp>

#include "config/document_impl.hpp"

namespace systole {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Measured& m) {
  Json out{{"value", m.value}, {"range", {m.low, m.high}}, {"kind", m.kind}, {"source", m.source}};
  if (!m.note.empty()) {
    out["note"] = m.note;
  }
  return out;
}

Json to_json(const std::vector<FaultEntry>& faults) {
  Json out = Json::array();
  for (const FaultEntry& fault : faults) {
    Json one{{"chip", fault.chip}, {"axis", fault.axis}, {"direction", fault.up ? "up" : "down"}};
    if (fault.bandwidth) {
      one["bandwidth"] = *fault.bandwidth;
    } else {
      one["state"] = "down";
    }
    out.push_back(std::move(one));
  }
  return out;
}

Json to_json(const Content& content) {
  return std::visit(
      [](const auto& value) -> Json {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, Measured> ||
                      std::is_same_v<Value, std::vector<FaultEntry>>) {
          return to_json(value);
        } else {
          return value;
        }
      },
      content);
}

Json run_keys(const Document::Impl& document, const std::string& section) {
  Json out = Json::object();
  for (const std::string& key : document.sections.at(section).names) {
    out[key] = to_json(document.values.find(join(section, key))->second.content);
  }
  return out;
}

Json section_json(const Document::Impl& document, const std::string& section);

// Null for what a hash must not see or the file does not have.
Json row_json(const Document::Impl& document, const Row& row) {
  if (row.type == Type::path) {
    return nullptr;
  }
  if (row.type == Type::section) {
    Json inner = section_json(document, row.key);
    return inner.empty() ? Json(nullptr) : inner;
  }
  if (row.type == Type::grid || row.type == Type::variants || row.type == Type::zip ||
      row.type == Type::exclude) {
    if (!document.sections.contains(row.key)) {
      return nullptr;
    }
    if (row.type == Type::grid) {
      return run_keys(document, row.key);
    }
    Json out = Json::array();
    for (const std::string& name : document.sections.at(row.key).names) {
      Json one = Json::object();
      if (row.type == Type::variants) {
        one["name"] = name;
      }
      one.update(run_keys(document, join(row.key, name)));
      out.push_back(std::move(one));
    }
    return out;
  }
  const auto value = document.values.find(row.key);
  if (value == document.values.end()) {
    return nullptr;
  }
  if (row.dimension == Dimension::bytes) {  // Checked to be whole.
    return static_cast<std::uint64_t>(std::get<double>(value->second.content));
  }
  return to_json(value->second.content);
}

Json section_json(const Document::Impl& document, const std::string& section) {
  Json out = Json::object();
  for (const Row* row : rows_in(document.kind, section)) {
    Json value = row_json(document, *row);
    if (!value.is_null()) {
      out[std::string(row->leaf())] = std::move(value);
    }
  }
  return out;
}

// The way back writes a tree as a file would have it, and the checker reads it.
class Rebuild {
 public:
  Rebuild(FileKind kind, Arena& arena, const Source& source)
      : kind_(kind), arena_(arena), at_{.source = &source} {}

  const Node* section(const Json& json, const std::string& prefix) {
    Node& out = arena_.make(Node::Kind::map, at_);
    for (const auto& [key, value] : json.items()) {
      const Row* row = find_row(kind_, join(prefix, key));
      const Node* node = row != nullptr && row->type == Type::section && value.is_object()
                             ? section(value, row->key)
                             : leaf(value, row);
      out.entries.push_back({.key = key, .at = at_, .value = node});
    }
    return &out;
  }

 private:
  // `row` is null for keys that the checker will refuse.
  const Node* leaf(const Json& json, const Row* row) {
    if (json.is_array()) {
      Node& list = arena_.make(Node::Kind::list, at_);
      for (const Json& item : json) {
        list.items.push_back(item.is_object() ? entries(item) : scalar(item, Dimension::none));
      }
      return &list;
    }
    if (json.is_object()) {
      return measured(json, row);
    }
    return scalar(json, row == nullptr ? Dimension::none : row->dimension);
  }

  // Of a list of sections: faults.
  const Node* entries(const Json& json) {
    Node& out = arena_.make(Node::Kind::map, at_);
    for (const auto& [key, value] : json.items()) {
      const bool is_rate = key == "bandwidth" && value.is_number();
      out.entries.push_back({.key = key,
                             .at = at_,
                             .value = is_rate            ? scalar(value, Dimension::data_rate)
                                      : value.is_array() ? leaf(value, nullptr)
                                                         : scalar(value, Dimension::none)});
    }
    return &out;
  }

  const Node* measured(const Json& json, const Row* row) {
    Node& out = arena_.make(Node::Kind::map, at_);
    for (const auto& [key, value] : json.items()) {
      const bool is_value = key == "value" && row != nullptr;
      const Node* node = value.is_object()               ? &arena_.make(Node::Kind::map, at_)
                         : is_value && !value.is_array() ? scalar(value, row->dimension)
                                                         : leaf(value, nullptr);
      out.entries.push_back({.key = key, .at = at_, .value = node});
    }
    return &out;
  }

  const Node* scalar(const Json& json, Dimension dimension) {
    Node& out = arena_.make(json.is_null() ? Node::Kind::empty : Node::Kind::scalar, at_);
    if (json.is_string()) {
      out.text = json.get<std::string>();
      out.quoted = true;
    } else if (json.is_number_float()) {
      out.text = print_number(json.get<double>());
    } else {
      out.text = json.dump();
    }
    if (json.is_number() && dimension != Dimension::none) {
      out.text += fmt::format(" {}", base_unit(dimension));
    }
    return &out;
  }

  FileKind kind_;
  Arena& arena_;
  Span at_;
};

}  // namespace

nlohmann::ordered_json Document::canonical() const { return section_json(*impl_, ""); }

Document from_canonical(FileKind kind, const nlohmann::ordered_json& content,
                        const std::string& file, const std::vector<Override>& overrides) {
  auto impl = std::make_unique<Document::Impl>();
  impl->kind = kind;
  const Source& source = impl->add_source(file, "", Source::Kind::fragment);
  Arena arena;
  std::vector<Diagnostic> mistakes;
  if (content.is_object()) {
    const Node* root = override_tree(
        *impl, arena, *Rebuild(kind, arena, source).section(content, ""), overrides, mistakes);
    check_tree(*impl, *root, Paths::absent, mistakes, mistakes);
  } else {
    mistakes.push_back(
        diagnose({.source = &source}, fmt::format("no {} is described here", name(kind))));
  }
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return Document(std::move(impl));
}

}  // namespace systole
