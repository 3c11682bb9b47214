// SPDX-License-Identifier: Apache-2.0
#include "trace/findings.hpp"

#include <vector>

namespace systole {
namespace {

Word item_of(const Word& list, std::size_t item) {
  std::size_t start = 0;
  for (; item > 0; --item) {
    start = list.text.find(',', start) + 1;
  }
  return list.part(start, list.text.find(',', start) - start);
}

}  // namespace

void Findings::add(const std::string& subject, const Word& at, std::string message,
                   std::string label) {
  if (source_ != nullptr) {
    mistakes_.add(source_->text.mistake(at, std::move(message), std::move(label)));
    return;
  }
  Diagnostic out;
  out.message = subject + ": " + message + (label.empty() ? "" : "; " + label);
  mistakes_.add(std::move(out));
}

Word Findings::find(std::uint32_t line, std::string_view key, std::size_t item) const {
  std::vector<Word> words;
  source_->text.words(line, words);
  for (const Word& word : words) {
    if (!key.empty() && word.text.starts_with(key) && word.text.substr(key.size(), 1) == "=") {
      const Word value = word.part(key.size() + 1);
      return item == kWhole ? value : item_of(value, item);
    }
  }
  return words.at(words.size() > 1 ? 1 : 0);
}

void Findings::header(std::string_view key, std::string message, std::string label) {
  Word at;
  if (source_ != nullptr) {
    const TraceLines& lines = source_->lines;
    std::uint32_t line = lines.residency;
    line = key == "pod" ? lines.pod : line;
    line = key == "tensor" ? lines.tensor : line;
    line = key == "data" ? lines.data : line;
    line = key == "causal" ? lines.causal : line;
    line = key == "output_tokens" ? lines.output_tokens : line;
    at = find(line, key, kWhole);
  }
  add("header", at, std::move(message), std::move(label));
}

void Findings::block(std::size_t block, std::string message, std::string label) {
  Word at;
  if (source_ != nullptr) {
    at = find(source_->lines.blocks.at(block).header, "", kWhole);
  }
  add("block " + trace_.blocks[block].name, at, std::move(message), std::move(label));
}

void Findings::operation(std::size_t block, std::size_t operation, std::string_view key,
                         std::size_t item, std::string message, std::string label) {
  Word at;
  if (source_ != nullptr) {
    at = find(source_->lines.blocks.at(block).operations.at(operation), key, item);
  }
  const Block& in = trace_.blocks[block];
  add(ledger_name(in, in.operations[operation]), at, std::move(message), std::move(label));
}

std::string Findings::place_of(std::size_t block, std::size_t operation) const {
  if (source_ != nullptr) {
    return "line " + std::to_string(source_->lines.blocks.at(block).operations.at(operation));
  }
  return "operation " + std::to_string(operation + 1) + " of the block";
}

}  // namespace systole
