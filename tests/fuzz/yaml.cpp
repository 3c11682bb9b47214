// SPDX-License-Identifier: Apache-2.0
// Any bytes are a configuration or a UserError, and a configuration goes through its canonical
// content unchanged. The first byte chooses the kind of file.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "config/baseline.hpp"
#include "config/document_impl.hpp"
#include "config/read.hpp"
#include "config/sweep.hpp"

namespace {

using systole::Document;
using systole::FileKind;

void hold_structs(FileKind kind, const Document& document) {
  if (kind == FileKind::chip) {
    static_cast<void>(systole::chip_config(document, systole::MemoryConfig{}));
  } else if (kind == FileKind::run) {
    static_cast<void>(systole::run_config(document));
  } else if (kind == FileKind::sweep) {
    static_cast<void>(systole::sweep_config(document));
  } else if (kind == FileKind::baseline) {
    static_cast<void>(systole::baseline_config(document));
  }
}

void hold_canonical(FileKind kind, const Document& document) {
  if (kind == FileKind::sweep || kind == FileKind::baseline) {
    return;  // Lists of run keys, whose structs are held below.
  }
  const nlohmann::ordered_json content = document.canonical();
  const Document again = systole::from_canonical(kind, content, "again.json");
  systole::check(again.canonical() == content, "a document changed on its way through JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const FileKind kind = systole::kFileKinds[data[0] % systole::kFileKinds.size()];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    const Document document = systole::load_text(kind, text, "fuzz.yaml");
    hold_canonical(kind, document);
    hold_structs(kind, document);
  } catch (const systole::UserError&) {  // The only exception that may come out.
  }
  return 0;
}
