// SPDX-License-Identifier: Apache-2.0
#include "config/table.hpp"

namespace systole {
namespace {

void timing(std::vector<Row>& t, std::string key, std::string doc, std::string example,
            bool required = true) {
  t.push_back({.key = std::move(key),
               .type = Type::timing,
               .dimension = Dimension::time,
               .required = required,
               .doc = std::move(doc),
               .example = std::move(example)});
}

void geometry(std::vector<Row>& t) {
  t.push_back(text_row("name", "Name of the standard, as energy models spell it.", "hbm2"));
  t.push_back(
      quantity_row("cycle", Dimension::time, "1 ps", "1 us",
                   "Clock of the memory, tCK, at the standard's own data rate. On a chip it "
                   "follows from the chip's bandwidth.",
                   "1 ns"));
  t.push_back(integer_row("channels", "1", "1024",
                          "Pseudo-channels of one stack: each has its own banks and data bus.",
                          "16"));
  t.push_back(integer_row("groups", "1", "64", "Bank groups; a power of two.", "4"));
  t.push_back(integer_row("banks", "1", "64", "Banks of a group; a power of two.", "4"));
  t.push_back(integer_row("rows", "1", "16777216", "Rows of a bank; a power of two.", "32768"));
  t.push_back(integer_row("columns", "1", "65536", "Bursts of a row; a power of two.", "32"));
  t.push_back(quantity_row("burst", Dimension::bytes, "1 B", "64 KiB",
                           "Data of one column command.", "32 B"));
  t.push_back(
      integer_row("burst_cycles", "1", "64", "Clocks that a burst holds the data bus.", "2"));
}

void presets(std::vector<Row>& t) {
  t.push_back(section_row("presets",
                          "Timings of rows, which the standard leaves to the vendor: sources "
                          "disagree, and a result names the preset that it used."));
  for (const char* preset : {"jedec", "gem5"}) {
    const std::string section = join("presets", preset);
    const bool is_typical = std::string_view(preset) == "jedec";
    Row row = section_row(section, is_typical ? "Typical values of models that cite the standard."
                                              : "Values of gem5's presets, where it has others.");
    t.push_back(is_typical ? row : optional(row));
    const auto one = [&](const char* key, const char* doc, const char* example,
                         bool required = true) {
      timing(t, join(section, key), doc, example, required);
    };
    one("tRCDRD", "Activate to read of the same bank.", "14 ns");
    one("tRCDWR", "Activate to write of the same bank.", "12 ns");
    one("tRP", "Precharge to activate of the same bank.", "14 ns");
    one("tRAS", "Activate to precharge of the same bank.", "34 ns");
    one("tRC", "Activate to activate of the same bank.", "48 ns");
    one("tRRD_S", "Activate to activate of two bank groups.", "4 ns");
    one("tRRD_L", "Activate to activate of two banks of a group.", "4 ns", false);
    one("tFAW", "Window that holds four activates at most.", "15 ns");
    one("tWR", "End of written data to precharge of the same bank.", "16 ns");
  }
}

void timings(std::vector<Row>& t) {
  t.push_back(section_row("timings", "A time, or a plain number of the memory's clocks."));
  const auto one = [&](const char* key, const char* doc, const char* example, bool required) {
    timing(t, join("timings", key), doc, example, required);
  };
  one("tCL", "Read to first data.", "14 ns", true);
  one("tCWL", "Write to first data.", "5 ns", true);
  one("tCCD_S", "Column command to column command of another bank group.", "2 ns", true);
  one("tCCD_L", "Column command to column command of the same bank group.", "4 ns", false);
  one("tRTP", "Read to precharge of the same bank.", "5 ns", true);
  one("tWTR_S", "End of written data to a read of another bank group.", "6 ns", true);
  one("tWTR_L", "End of written data to a read of the same bank group.", "8 ns", false);
  one("tRTW", "Read to write, so that the data bus turns around.", "13 ns", true);
  one("tRFC", "Refresh of all banks to the next row command.", "260 ns", true);
  one("tRFCpb", "Refresh of one bank to the next row command of that bank.", "160 ns", false);
  one("tRREFD", "Refresh of one bank to a row command of another.", "8 ns", false);
  one("tREFI", "Between two refreshes of all banks.", "3.9 us", true);
}

}  // namespace

std::vector<Row> memory_rows() {
  std::vector<Row> table;
  geometry(table);
  presets(table);
  timings(table);
  table.push_back({.key = "constraints",
                   .type = Type::constraints,
                   .doc = "What holds between two commands of one bank, group or channel: the sum "
                          "of timings that the second comes after the first. 'in 4' counts from "
                          "the fourth latest of the first kind.",
                   .example = "[\"bank activate -> read: tRCDRD\", \"group write -> read: tCWL + "
                              "burst + tWTR_L\", \"channel activate -> activate: tFAW in 4\"]"});
  table.push_back(section_row("mappings",
                              "From the least significant digit of a burst's number up: channel "
                              "(of any base), group, column, bank and row with their bits. "
                              "'bank^row:2' flips two bits of the bank by the row's lowest."));
  table.push_back(text_row("mappings.stream", "Neighbours in other channels, then other groups.",
                           "channel group:2 column:5 bank:2 row:15"));
  table.push_back(text_row("mappings.page", "A whole row of one channel, then the next channel.",
                           "column:5 channel group:2 bank:2 row:15"));
  table.push_back(optional(text_row("mappings.stream_xor",
                                    "As stream, with banks spread by the lowest bits of the row.",
                                    "channel group:2 column:5 bank:2 row:15 bank^row:2")));
  return table;
}

}  // namespace systole
