// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <span>
#include <tuple>

#include "trace/attributes.hpp"
#include "trace/text.hpp"

namespace systole {
namespace {

const std::vector<std::string> kOperationWords{
    "matmul",     "vector",         "move",    "all_gather", "all_reduce",
    "all_to_all", "reduce_scatter", "permute", "broadcast",  "launch"};
const std::vector<std::string> kHeaderWords{"pod",           "tensor", "data",
                                            "output_tokens", "causal", "residency"};

bool is_in(std::string_view word, const std::vector<std::string>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Matmul read_matmul(Attributes& in) {
  Matmul out{};
  out.products = in.number("products");
  const auto [rows, depth, columns] = in.shape("shape");
  out.rows = rows;
  out.depth = depth;
  out.columns = columns;
  std::tie(out.tensor, out.stationary) = in.stationary();
  out.moving = in.operand("moving");
  out.result = in.operand("result");
  out.block = in.block("block");
  out.prefetch = in.yes_or_no("prefetch");
  out.useful = in.number("useful");
  return out;
}

Vector read_vector(Attributes& in) {
  Vector out;
  out.add = in.number_or_zero("add");
  out.multiply = in.number_or_zero("multiply");
  out.fma = in.number_or_zero("fma");
  out.transcendental = in.number_or_zero("transcendental");
  out.shuffle = in.number_or_zero("shuffle");
  out.read = Bytes{in.number_or_zero("read")};
  out.written = Bytes{in.number_or_zero("written")};
  return out;
}

Move read_move(Attributes& in) {
  Move out{};
  out.tensor = in.tensor("tensor");
  out.from = in.place("from");
  out.to = in.place("to");
  out.bytes = in.bytes("bytes");
  out.segments = in.number("segments");
  out.elements = in.number("elements");
  return out;
}

Collective read_collective(CollectiveKind kind, Attributes& in) {
  Collective out{};
  out.kind = kind;
  out.axes = in.indices("axes");
  out.bytes = in.bytes("bytes");
  out.type = in.type("type");
  return out;
}

Work read_work(std::string_view kind, Attributes& in) {
  for (const CollectiveKind collective : kCollectives) {
    if (kind == name(collective)) {
      return read_collective(collective, in);
    }
  }
  if (kind == "matmul") {
    return read_matmul(in);
  }
  if (kind == "vector") {
    return read_vector(in);
  }
  if (kind == "move") {
    return read_move(in);
  }
  return Launch{};
}

class Parser {
 public:
  Parser(std::string_view text, std::string file) : file_(std::move(file)) {
    out_.source.text = SourceText(text, file_);
    out_.trace = {};
  }

  SourcedTrace parse() {
    check_first_line();
    std::vector<Word> words;
    for (std::uint32_t n = 2; n <= text().lines() && !mistakes_.full(); ++n) {
      if (!is_readable(n)) {
        continue;
      }
      text().words(n, words);
      if (!words.empty() && !line(words)) {
        break;
      }
    }
    if (!mistakes_.full()) {
      check_end();
    }
    std::move(mistakes_).throw_if_any();
    return std::move(out_);
  }

 private:
  [[nodiscard]] const SourceText& text() const { return out_.source.text; }

  void wrong(const Word& at, std::string message, std::string label) {
    mistakes_.add(text().mistake(at, std::move(message), std::move(label)));
  }

  [[noreturn]] void stop(const Word& at, std::string message, std::string label) {
    throw UserError({text().mistake(at, std::move(message), std::move(label))});
  }

  void check_first_line();
  bool is_readable(std::uint32_t number);
  bool line(std::span<const Word> words);  // False if reading cannot go on.
  void header(std::span<const Word> words);
  void header_value(std::span<const Word> words);
  void residency(std::span<const Word> words);
  void open_block(std::span<const Word> words);
  void close_block(std::span<const Word> words);
  bool operation(std::span<const Word> words);
  void check_end();
  void unknown(const Word& word);
  std::uint32_t& header_line(std::string_view word);

  std::string file_;
  SourcedTrace out_;
  Mistakes mistakes_;
  std::optional<Word> open_;  // The header of the block that is being read.
  std::size_t operations_ = 0;
};

// A wrong first line means another kind of file: what follows would only be noise.
void Parser::check_first_line() {
  if (text().lines() == 0) {
    stop({}, "the file is empty", fmt::format("a trace starts with the line {}", kTraceFormat));
  }
  const std::string_view first = text().line(1);
  if (first == kTraceFormat) {
    return;
  }
  const Word at{first, 1, 1};
  const std::string expected = fmt::format("expected {}", kTraceFormat);
  if (first.starts_with("systole.trace/")) {
    stop(at, "this trace has a version that this Systole cannot read", expected);
  }
  if (first.starts_with("\xEF\xBB\xBF")) {
    stop(at, "the file starts with a byte order mark", "save it as plain UTF-8 without one");
  }
  if (first.starts_with('{') || first.starts_with('[')) {
    stop(at, "this is JSON, not a trace", expected + "; results are read by price and compare");
  }
  if (first.starts_with("---") || first.starts_with('%') || first.find(": ") != first.npos ||
      first.ends_with(':')) {
    stop(at, "this is YAML, not a trace", expected + ", as 'systole lower' writes it");
  }
  stop(at, "this is not a trace", expected);
}

bool Parser::is_readable(std::uint32_t number) {
  const std::string_view content = text().line(number);
  if (content.size() > kTraceLineBytes) {
    wrong({content.substr(0, 1), number, 1}, "the line is too long",
          fmt::format("{} bytes; at most {}", content.size(), kTraceLineBytes));
    return false;
  }
  for (std::size_t i = 0; i < content.size(); ++i) {
    const auto byte = static_cast<unsigned char>(content[i]);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
      wrong({content.substr(i, 1), number, static_cast<std::uint32_t>(i + 1)},
            fmt::format("byte 0x{:02x} in a text file", byte), "a trace is plain text");
      return false;
    }
  }
  return true;
}

bool Parser::line(std::span<const Word> words) {
  const std::string_view first = words.front().text;
  if (first == "block") {
    open_block(words);
  } else if (first == "end") {
    close_block(words);
  } else if (is_in(first, kOperationWords)) {
    return operation(words);
  } else if (is_in(first, kHeaderWords)) {
    header(words);
  } else {
    unknown(words.front());
  }
  return true;
}

void Parser::unknown(const Word& word) {
  if (open_) {
    wrong(word, "unknown operation " + quoted(word.text),
          mistakes_.is_shown() ? hint(word.text, kOperationWords) : "");
    return;
  }
  std::vector<std::string> choices = kHeaderWords;
  choices.emplace_back("block");
  wrong(word, "unknown line " + quoted(word.text),
        mistakes_.is_shown() ? hint(word.text, choices) : "");
}

std::uint32_t& Parser::header_line(std::string_view word) {
  TraceLines& lines = out_.source.lines;
  if (word == "pod") {
    return lines.pod;
  }
  if (word == "tensor") {
    return lines.tensor;
  }
  if (word == "data") {
    return lines.data;
  }
  if (word == "output_tokens") {
    return lines.output_tokens;
  }
  return word == "causal" ? lines.causal : lines.residency;
}

void Parser::header(std::span<const Word> words) {
  const Word& key = words.front();
  if (open_ || !out_.source.lines.blocks.empty()) {
    wrong(key, quoted(key.text) + " stands behind the first block", "move it above all blocks");
    return;
  }
  std::uint32_t& seen = header_line(key.text);
  if (seen != 0) {
    Diagnostic twice = text().mistake(key, quoted(key.text) + " is given twice", "remove one");
    twice.also = fmt::format("first at {}:{}", file_, seen);
    mistakes_.add(std::move(twice));
    return;
  }
  seen = key.line;
  if (key.text == "residency") {
    residency(words);
  } else {
    header_value(words);
  }
}

void Parser::residency(std::span<const Word> words) {
  Residency& held = out_.trace.residency;
  Attributes in(words[0], words.subspan(1), text(), mistakes_);
  held.scratchpad = in.bytes("scratchpad");
  held.far_sram = in.bytes("far_sram");
  held.hbm = in.bytes("hbm");
  held.stationary_buffer = in.bytes("stationary_buffer");
  held.moving_buffer = in.bytes("moving_buffer");
  in.finish();
}

void Parser::header_value(std::span<const Word> words) {
  if (words.size() != 2) {
    wrong(words.size() > 2 ? words[2] : words[0], quoted(words[0].text) + " takes one value",
          fmt::format("write {} VALUE", words[0].text));
    return;
  }
  const std::string_view key = words[0].text;
  const Word& value = words[1];
  Trace& trace = out_.trace;
  if (key == "pod") {
    trace.pod = value.text;
    if (!is_hash(value.text)) {
      wrong(value, quoted(value.text) + " is not the hash of a pod",
            "letters, digits, '_', '-', '.' and ':', at most 128");
    }
  } else if (key == "causal") {
    trace.causal = std::string(value.text);
    if (value.text != "full" && value.text != "half") {
      wrong(value, "unknown causal " + quoted(value.text), "one of: full, half");
    }
  } else if (key == "output_tokens") {
    trace.output_tokens = read_number(value, kNumberLimit, text(), mistakes_);
  } else {
    const std::uint64_t number = read_number(value, kSmallNumberLimit, text(), mistakes_);
    (key == "tensor" ? trace.tensor : trace.data) = static_cast<std::uint32_t>(number);
  }
}

void Parser::open_block(std::span<const Word> words) {
  if (open_) {
    wrong(words[0], "block " + quoted(open_->text) + " has no end",
          fmt::format("put 'end' above; it began at line {}", open_->line));
  }
  Block block{.name = {}, .repeat = 1, .operations = {}};
  open_ = words.size() > 1 ? words[1] : words[0];
  if (words.size() != 3 || !words[2].text.starts_with('x')) {
    wrong(words.back(), "a block needs a name and a count", "write block NAME xCOUNT");
  } else {
    block.repeat = read_number(words[2].part(1), kNumberLimit, text(), mistakes_);
  }
  if (words.size() > 1 && !is_name(words[1].text)) {
    wrong(words[1], quoted(words[1].text) + " is not a name",
          "letters, digits, '_' and '-', at most 64");
  }
  block.name = open_->text;
  out_.trace.blocks.push_back(std::move(block));
  out_.source.lines.blocks.push_back({words[0].line, {}});
}

void Parser::close_block(std::span<const Word> words) {
  if (!open_) {
    wrong(words[0], "'end' without a block", "remove it");
  } else if (words.size() > 1) {
    wrong(words[1], quoted(words[1].text) + " stands behind 'end'", "remove it");
  }
  open_.reset();
}

bool Parser::operation(std::span<const Word> words) {
  if (!open_) {
    wrong(words[0], "operation " + quoted(words[0].text) + " stands outside a block",
          "operations stand between block NAME xCOUNT and end");
    return true;
  }
  if (++operations_ > kTraceOperations) {
    wrong(words[0], fmt::format("more than {} operations", kTraceOperations),
          "equal layers are one block with a count");
    return false;
  }
  Operation out{};
  std::size_t attributes = 1;
  if (words.size() < 2 || words[1].text.find('=') != std::string_view::npos) {
    wrong(words[0], quoted(words[0].text) + " has no name",
          fmt::format("write {} NAME key=value ...", words[0].text));
  } else {
    attributes = 2;
    out.name = words[1].text;
    if (!is_name(out.name)) {
      wrong(words[1], quoted(out.name) + " is not a name",
            "letters, digits, '_' and '-', at most 64");
    }
  }
  Attributes in(words[0], words.subspan(attributes), text(), mistakes_);
  out.work = read_work(words[0].text, in);
  out.after = in.names_or_none("after");
  in.finish();
  out_.trace.blocks.back().operations.push_back(std::move(out));
  out_.source.lines.blocks.back().operations.push_back(words[0].line);
  return true;
}

void Parser::check_end() {
  if (open_) {
    wrong(*open_, "block " + quoted(open_->text) + " has no end",
          "write 'end' below its last line");
  }
  for (const std::string& word : kHeaderWords) {
    if (word != "causal" && header_line(word) == 0) {
      wrong({}, "the header lacks " + quoted(word),
            fmt::format("add a line '{} ...' above the first block", word));
    }
  }
}

}  // namespace

SourcedTrace parse_sourced_trace(std::string_view text, const std::string& file) {
  if (text.size() > kTraceBytes) {
    Diagnostic large;
    large.message = "the trace is too large";
    large.at = {file, 0, 0};
    large.label =
        fmt::format("at most {} bytes; equal layers are one block with a count", kTraceBytes);
    throw UserError({std::move(large)});
  }
  return Parser(text, file).parse();
}

Trace parse_trace(std::string_view text, const std::string& file) {
  return parse_sourced_trace(text, file).trace;
}

}  // namespace systole
