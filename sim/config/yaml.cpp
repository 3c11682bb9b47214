// SPDX-License-Identifier: Apache-2.0
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <unordered_map>

#include "config/tree.hpp"

namespace systole {
namespace {

// Ends the parse from within an event: going on would only repeat the mistake or fill the memory.
struct Stop {};

// Where a quoted text that starts at `start` ends, just behind its closing mark; npos if it never
// does, which yaml-cpp lets pass.
std::size_t end_of_quoted(std::string_view text, std::size_t start) {
  const char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    const bool escapes = quote == '"' ? text[i] == '\\' : text.substr(i, 2) == "''";
    if (escapes) {
      ++i;
    } else if (text[i] == quote) {
      return i + 1;
    }
  }
  return std::string_view::npos;
}

// An anchor or a tag stands before its value; the value starts behind it.
std::size_t behind_properties(std::string_view text, std::size_t start) {
  while (start < text.size() && (text[start] == '&' || text[start] == '!')) {
    start = std::min(text.find_first_of(" \n", start), text.size());
    start = std::min(text.find_first_not_of(" \r\n", start), text.size());
  }
  return start;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const Source& source, Arena& arena, std::vector<Diagnostic>& mistakes)
      : source_(source), arena_(arena), mistakes_(mistakes) {}

  [[nodiscard]] const Node* root() const { return root_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      fatal(at(mark), "a file holds one document, and here a second one starts",
            "put it into a file of its own");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Span here = key_waits() ? stack_.back().key.at : at(mark);
    add(finish(arena_.make(Node::Kind::empty, here), anchor));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      fatal(at(mark), "this alias refers to the value it stands in", "it would never end");
    }
    count(found->second->size, at(mark));
    if (stack_.size() + found->second->height > kDeepest) {
      too_deep(at(mark));
    }
    add(found->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const Span here = at(mark);
    check_tag(tag, here);
    Node& node = arena_.make(Node::Kind::scalar, here);
    node.text = value;
    node.quoted = tag == "!";
    node.at.width = width(mark, node);
    add(finish(node, anchor));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    start(Node::Kind::list, at(mark), tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    start(Node::Kind::map, at(mark), tag, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapEnd() override { end(); }

 private:
  struct Level {
    Node* node;
    YAML::anchor_t anchor;
    bool has_key = false;
    bool drop = false;  // The key was wrong: its value is read over.
    Entry key{};
    std::unordered_map<std::string, Span> seen{};
  };

  // Columns are counted on from the last place: a file may be one long line.
  [[nodiscard]] Span at(const YAML::Mark& mark) {
    const auto line = static_cast<std::uint32_t>(std::max(0, mark.line)) + 1;
    const auto bytes = static_cast<std::size_t>(std::max(0, mark.column));
    if (line != last_.line || bytes < last_bytes_) {
      last_ = {.source = &source_, .line = line, .column = source_.column(line, bytes), .width = 1};
    } else {
      const std::string_view text = source_.line(line);
      const std::size_t from = std::min(last_bytes_, text.size());
      last_.column += static_cast<std::uint32_t>(characters(text.substr(from, bytes - from)));
    }
    last_bytes_ = bytes;
    return last_;
  }

  // How far the carets go; ends the parse at a quotation mark that is never closed.
  std::uint32_t width(const YAML::Mark& mark, const Node& node) {
    if (!node.quoted) {
      return static_cast<std::uint32_t>(std::max<std::size_t>(1, characters(node.text)));
    }
    const std::string_view text = source_.text();
    const std::size_t start = behind_properties(
        text, source_.offset(node.at.line) + static_cast<std::size_t>(mark.column));
    if (start >= text.size() || (text[start] != '"' && text[start] != '\'')) {
      return 1;  // A block, `|` or `>`.
    }
    const std::size_t end = end_of_quoted(text, start);
    if (end == std::string_view::npos) {
      fatal(node.at, "a quotation mark is never closed");
    }
    return static_cast<std::uint32_t>(characters(text.substr(start, end - start)));
  }

  [[nodiscard]] bool key_waits() const {
    return !stack_.empty() && stack_.back().node->kind == Node::Kind::map && stack_.back().has_key;
  }

  [[noreturn]] void fatal(const Span& span, std::string message, std::string label = {}) {
    mistakes_.push_back(diagnose(span, std::move(message), std::move(label)));
    throw Stop{};
  }
  [[noreturn]] void too_deep(const Span& span) {
    fatal(span, fmt::format("nested more than {} levels deep", kDeepest));
  }

  void count(std::uint64_t nodes, const Span& span) {
    total_ += nodes;
    if (total_ > kMostNodes) {
      fatal(span, fmt::format("more than {} values, aliases included", kMostNodes),
            "the file is refused from here on");
    }
  }

  void report(Diagnostic mistake) {
    mistakes_.push_back(std::move(mistake));
    if (mistakes_.size() >= kMostMistakes) {
      throw Stop{};
    }
  }

  void check_tag(const std::string& tag, const Span& span) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      constexpr std::string_view kCore = "tag:yaml.org,2002:";  // What `!!` stands for.
      const std::string name = tag.starts_with(kCore) ? "!!" + tag.substr(kCore.size()) : tag;
      report(diagnose(span, fmt::format("tags such as '{}' are not used", shown(name)),
                      "write the plain value"));
    }
  }

  const Node* finish(Node& node, YAML::anchor_t anchor) {
    count(1, node.at);
    if (anchor != 0) {
      anchors_[anchor] = &node;
    }
    return &node;
  }

  void start(Node::Kind kind, Span span, const std::string& tag, YAML::anchor_t anchor) {
    check_tag(tag, span);
    if (stack_.size() >= kDeepest) {
      too_deep(span);
    }
    if (!stack_.empty() && stack_.back().node->kind == Node::Kind::map && !stack_.back().has_key) {
      fatal(span, "a list or a mapping stands where a key is expected",
            "is a bracket, a comma or a quotation mark missing?");
    }
    count(1, span);
    stack_.push_back({.node = &arena_.make(kind, span), .anchor = anchor});
  }

  void end() {
    const Level level = std::move(stack_.back());
    stack_.pop_back();
    if (level.anchor != 0) {
      anchors_[level.anchor] = level.node;
    }
    add(level.node);
  }

  void add(const Node* child) {
    if (stack_.empty()) {
      root_ = child;
      return;
    }
    Level& level = stack_.back();
    if (level.node->kind == Node::Kind::map && !level.has_key) {
      take_key(level, *child);
      return;
    }
    level.node->size += child->size;
    level.node->height = std::max(level.node->height, child->height + 1);
    if (level.node->kind == Node::Kind::list) {
      level.node->items.push_back(child);
      return;
    }
    if (!level.drop) {
      level.key.value = child;
      level.node->entries.push_back(std::move(level.key));
    }
    level.has_key = false;
  }

  void take_key(Level& level, const Node& key) {
    if (key.kind != Node::Kind::scalar) {
      fatal(key.at, "a key must be plain text",
            key.kind == Node::Kind::empty ? "there is none before the ':'" : "");
    }
    level.has_key = true;
    level.key = {.key = key.text, .at = key.at, .value = nullptr};
    const auto [first, is_new] = level.seen.emplace(key.text, key.at);
    level.drop = !is_new || (key.text == "<<" && !key.quoted);
    if (!is_new) {
      Diagnostic twice = diagnose(key.at, fmt::format("key '{}' given twice", shown(key.text)));
      twice.also = "first at " + place(first->second);
      report(std::move(twice));
    } else if (level.drop) {
      report(diagnose(key.at, "merge keys '<<' are not supported",
                      "use 'extends:' to build on another file"));
    }
  }

  const Source& source_;
  Arena& arena_;
  std::vector<Diagnostic>& mistakes_;
  std::vector<Level> stack_;
  std::unordered_map<YAML::anchor_t, const Node*> anchors_;
  const Node* root_ = nullptr;
  Span last_;
  std::size_t last_bytes_ = 0;
  std::uint64_t total_ = 0;
  int documents_ = 0;
};

// yaml-cpp takes a tab in the indentation for an illegal value, far from the tab.
bool has_tabs(const Source& source, std::vector<Diagnostic>& mistakes) {
  bool found = false;
  for (std::uint32_t number = 1; number <= source.lines(); ++number) {
    const std::string_view line = source.line(number);
    const std::size_t text = line.find_first_not_of(" \t");
    const std::size_t tab = line.find('\t');
    if (text == std::string_view::npos || tab == std::string_view::npos || tab > text) {
      continue;
    }
    std::size_t end = tab;
    while (line[end] == '\t') {
      ++end;
    }
    mistakes.push_back(diagnose({.source = &source,
                                 .line = number,
                                 .column = source.column(number, tab),
                                 .width = static_cast<std::uint32_t>(end - tab)},
                                "tab in the indentation", "use spaces"));
    found = true;
    if (mistakes.size() >= kMostMistakes) {
      break;
    }
  }
  return found;
}

bool is_text(const Source& source, std::vector<Diagnostic>& mistakes) {
  const std::size_t bad = first_bad_byte(source.text());
  if (bad == std::string_view::npos) {
    return true;
  }
  const std::string_view before = std::string_view(source.text()).substr(0, bad);
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0.
  mistakes.push_back(diagnose(
      {.source = &source, .line = line, .column = source.column(line, bad - start), .width = 1},
      fmt::format("byte 0x{:02x} does not belong in a text file",
                  static_cast<unsigned char>(source.text()[bad])),
      "UTF-8 without control characters expected"));
  return false;
}

struct Advice {
  std::string_view problem;  // As yaml-cpp puts it.
  std::string_view message;
  std::string_view label;
};

constexpr std::array kAdvice{
    Advice{
        "illegal map value", "a ':' stands where no value can begin",
        "if the ':' belongs to the text, put it in quotes; or is one missing in the line above?"},
    Advice{"illegal block entry", "a '-' stands where no list item can begin",
           "check the indentation"},
    Advice{"illegal map key", "a '?' stands where no key can begin", "check the indentation"},
    Advice{"end of map not found", "a key is expected here",
           "is a ':' missing, or is the indentation different from the lines above?"},
    Advice{"end of map flow not found", "a ',' or '}' is expected here",
           "is the '{' before it never closed?"},
    Advice{"end of sequence not found", "a list item is expected here", "is a '-' missing?"},
    Advice{"end of sequence flow not found", "a ',' or ']' is expected here",
           "is the '[' before it never closed?"},
    Advice{"illegal EOF in scalar", "a quotation mark is never closed", ""},
    Advice{"illegal flow end", "a ']' or '}' closes nothing", ""},
    Advice{"the referenced anchor is not defined", "this alias has no anchor",
           "define it above with '&'"},
};

Diagnostic syntax_error(const Source& source, const YAML::Exception& error) {
  const bool known = !error.mark.is_null();
  const auto line = known ? static_cast<std::uint32_t>(error.mark.line) + 1 : 0;
  const std::uint32_t column =
      known ? source.column(line, static_cast<std::size_t>(error.mark.column)) : 0;
  const Span at{.source = &source, .line = line, .column = column, .width = 1};
  const auto advice = std::ranges::find_if(
      kAdvice, [&](const Advice& a) { return error.msg.starts_with(a.problem); });
  if (advice != kAdvice.end()) {
    return diagnose(at, std::string(advice->message), std::string(advice->label));
  }
  return diagnose(at, fmt::format("not valid YAML: {}", shown(error.msg)));
}

}  // namespace

std::string_view describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::empty: return "nothing";
    case Node::Kind::scalar: return node.quoted ? "text" : "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a section of keys";
  }
  return "";
}

const Node* parse_yaml(const Source& source, Arena& arena, std::vector<Diagnostic>& mistakes) {
  if (!is_text(source, mistakes) || has_tabs(source, mistakes)) {
    return nullptr;
  }
  Builder builder(source, arena, mistakes);
  try {
    std::istringstream text(source.text());
    YAML::Parser parser(text);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return nullptr;
  } catch (const YAML::Exception& error) {
    mistakes.push_back(syntax_error(source, error));
    return nullptr;
  }
  if (builder.root() == nullptr) {
    mistakes.push_back(diagnose({.source = &source}, "the file is empty"));
  }
  return builder.root();
}

}  // namespace systole
