// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/document_impl.hpp"
#include "config/files.hpp"

namespace systole {
namespace {

// Where a misunderstanding of the table ends: never the user's fault.
template <class T>
const T& get(const Document::Impl& document, std::string_view key) {
  const auto found = document.values.find(key);
  check(found != document.values.end(), "a {} document has no value '{}'", name(document.kind),
        key);
  const T* value = std::get_if<T>(&found->second.content);
  check(value != nullptr, "'{}' of a {} document is of another type", key, name(document.kind));
  return *value;
}

// In the order in which a reader meets them: file by file, top to bottom.
void sort_by_place(std::vector<Diagnostic>& mistakes) {
  std::vector<std::string> files;
  for (const Diagnostic& mistake : mistakes) {
    if (std::ranges::find(files, mistake.at.file) == files.end()) {
      files.push_back(mistake.at.file);
    }
  }
  const auto key = [&](const Diagnostic& d) {
    return std::tuple(std::ranges::find(files, d.at.file) - files.begin(), d.at.line, d.at.column);
  };
  std::ranges::stable_sort(
      mistakes, [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

Document read(FileKind kind, std::string text, const std::string& file,
              const std::vector<Override>& overrides) {
  auto impl = std::make_unique<Document::Impl>();
  impl->kind = kind;
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  const Source& source = impl->add_source(file, std::move(text));
  Arena arena;
  std::vector<Diagnostic> mistakes;
  std::vector<Diagnostic> missing;
  const Node* root = resolve_tree(*impl, arena, source, overrides, mistakes);
  if (root != nullptr) {
    check_tree(*impl, *root, Paths::required, mistakes, missing);
  }
  sort_by_place(mistakes);
  std::ranges::move(missing, std::back_inserter(mistakes));
  if (!mistakes.empty()) {
    throw UserError(std::move(mistakes));
  }
  return Document(std::move(impl));
}

}  // namespace

Document::Document() : impl_(std::make_unique<Impl>()) {}
Document::Document(Document&&) noexcept = default;
Document& Document::operator=(Document&&) noexcept = default;
Document::~Document() = default;
Document::Document(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

bool Document::has(std::string_view key) const {
  // The keys inside a sweep's grid and variants are those of a run, and points have names.
  check(impl_->kind == FileKind::sweep || impl_->kind == FileKind::baseline ||
            find_row(impl_->kind, key) != nullptr,
        "a {} file has no key '{}'", name(impl_->kind), key);
  return impl_->values.contains(key) || impl_->sections.contains(key);
}

std::uint64_t Document::integer(std::string_view key) const {
  return get<std::uint64_t>(*impl_, key);
}
double Document::number(std::string_view key) const { return get<double>(*impl_, key); }
bool Document::boolean(std::string_view key) const { return get<bool>(*impl_, key); }
std::string Document::text(std::string_view key) const { return get<std::string>(*impl_, key); }
std::string Document::path(std::string_view key) const { return get<std::string>(*impl_, key); }

std::vector<std::uint64_t> Document::integers(std::string_view key) const {
  return get<std::vector<std::uint64_t>>(*impl_, key);
}
std::vector<bool> Document::booleans(std::string_view key) const {
  return get<std::vector<bool>>(*impl_, key);
}
std::vector<std::string> Document::texts(std::string_view key) const {
  return get<std::vector<std::string>>(*impl_, key);
}
Measured Document::measured(std::string_view key) const { return get<Measured>(*impl_, key); }

std::vector<FaultEntry> Document::faults(std::string_view key) const {
  return get<std::vector<FaultEntry>>(*impl_, key);
}

Budget Document::budget(std::string_view key) const { return get<Budget>(*impl_, key); }

std::vector<std::string> Document::names(std::string_view section) const {
  const auto found = impl_->sections.find(section);
  return found == impl_->sections.end() ? std::vector<std::string>{} : found->second.names;
}

Diagnostic Document::mistake(std::string_view key, std::string message) const {
  if (const auto value = impl_->values.find(key); value != impl_->values.end()) {
    return diagnose(value->second.at, std::move(message));
  }
  for (std::string_view section = key; !section.empty();) {
    if (const auto found = impl_->sections.find(section); found != impl_->sections.end()) {
      return diagnose(found->second.at, std::move(message));
    }
    const std::size_t dot = section.rfind('.');
    section = dot == std::string_view::npos ? std::string_view{} : section.substr(0, dot);
  }
  return diagnose({.source = impl_->sources.empty() ? nullptr : impl_->sources.front().get()},
                  std::move(message));
}

std::vector<std::string> Document::overridden() const { return impl_->overridden; }

std::string kept_key(const std::string& key, const std::string& item) {
  if (item.empty()) {
    return key;
  }
  const std::size_t dot = std::min(key.find('.'), key.size());
  return fmt::format("{}.[{}]{}", key.substr(0, dot), item, key.substr(dot));
}

Document load_text(FileKind kind, std::string_view text, const std::string& file,
                   const std::vector<Override>& overrides) {
  if (text.size() > kMostBytes) {
    fail("'{}' is too large for a configuration file", shown(file));
  }
  return read(kind, std::string(text), file, overrides);
}

Document load(FileKind kind, const std::string& file, const std::vector<Override>& overrides) {
  return read(kind, read_text(file, kMostBytes), file, overrides);
}

}  // namespace systole
