// SPDX-License-Identifier: Apache-2.0
// Reads a Perfetto trace back from its bytes, by the wire format of protocol buffers and the field
// numbers of google/perfetto's protos: nothing of the writer's.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace systole::read_back {

struct Field {
  std::uint64_t number;
  std::uint64_t value = 0;   // Wire types 0 and 1.
  std::string_view bytes{};  // Wire type 2.
};

inline std::uint64_t varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) {
      return value;
    }
  }
  ADD_FAILURE() << "a varint without an end";
  return value;
}

inline std::vector<Field> fields(std::string_view in) {
  std::vector<Field> out;
  while (!in.empty()) {
    const std::uint64_t tag = varint(in);
    Field& field = out.emplace_back(Field{.number = tag >> 3U});
    switch (tag & 7U) {
      case 0: field.value = varint(in); break;
      case 1:
        for (unsigned i = 0; i < 8; ++i) {
          field.value |= std::uint64_t{static_cast<unsigned char>(in.at(i))} << (8 * i);
        }
        in.remove_prefix(8);
        break;
      case 2: {
        const std::uint64_t size = varint(in);
        field.bytes = in.substr(0, size);
        EXPECT_EQ(field.bytes.size(), size);
        in.remove_prefix(field.bytes.size());
        break;
      }
      default: ADD_FAILURE() << "wire type " << (tag & 7U); return out;
    }
  }
  return out;
}

struct Event {
  std::uint64_t at = 0;
  std::uint64_t type = 0;  // 1 begin, 2 end, 3 instant, 4 counter.
  std::string name{};
  double value = 0.0;
  std::vector<std::uint64_t> flows{};
  std::map<std::string, std::string> annotations{};  // Numbers as text.
};

struct Track {
  std::string name{};
  std::uint64_t process = 0;  // The track or the pid of the process; 0: it is one, or it has none.
  bool is_process = false;
  bool is_counter = false;
  std::vector<Event> events{};
};

using Tracks = std::map<std::uint64_t, Track>;  // By uuid.

inline Track track(std::string_view bytes, std::uint64_t& uuid) {
  Track out;
  for (const Field& field : fields(bytes)) {
    if (field.number == 1) {
      uuid = field.value;
    } else if (field.number == 2) {
      out.name = field.bytes;
    } else if (field.number == 5) {
      out.process = field.value;
    } else if (field.number == 8) {
      out.is_counter = true;
    } else if (field.number == 3 || field.number == 4) {  // ProcessDescriptor, ThreadDescriptor.
      out.is_process = field.number == 3;
      for (const Field& inner : fields(field.bytes)) {
        if (inner.number == (out.is_process ? 6U : 5U)) {
          out.name = inner.bytes;
        } else if (inner.number == 1 && !out.is_process) {
          out.process = inner.value;
        }
      }
    }
  }
  return out;
}

inline Event event(std::string_view bytes, std::uint64_t at, std::uint64_t& track) {
  Event out{.at = at};
  for (const Field& field : fields(bytes)) {
    switch (field.number) {
      case 9: out.type = field.value; break;
      case 11: track = field.value; break;
      case 23: out.name = field.bytes; break;
      case 44: out.value = std::bit_cast<double>(field.value); break;
      case 47: out.flows.push_back(field.value); break;
      case 4: {
        std::string name;
        std::string value;
        for (const Field& inner : fields(field.bytes)) {
          if (inner.number == 10) {
            name = inner.bytes;
          } else {
            value = inner.number == 6 ? std::string(inner.bytes) : std::to_string(inner.value);
          }
        }
        out.annotations[name] = value;
        break;
      }
      default: ADD_FAILURE() << "field " << field.number << " of a track event";
    }
  }
  return out;
}

// All tracks of a trace with their events, in the order of the file.
inline Tracks tracks(std::string_view trace) {
  Tracks out;
  for (const Field& packet : fields(trace)) {
    EXPECT_EQ(packet.number, 1U);
    std::uint64_t at = 0;
    std::uint64_t sequence = 0;
    std::string_view descriptor;
    std::string_view body;
    for (const Field& field : fields(packet.bytes)) {
      at = field.number == 8 ? field.value : at;
      sequence = field.number == 10 ? field.value : sequence;
      descriptor = field.number == 60 ? field.bytes : descriptor;
      body = field.number == 11 ? field.bytes : body;
    }
    EXPECT_NE(sequence, 0U) << "a packet without a sequence is dropped";
    std::uint64_t uuid = 0;
    if (!descriptor.empty()) {
      const Track described = track(descriptor, uuid);
      EXPECT_TRUE(out.emplace(uuid, described).second) << "track " << uuid << " described twice";
    } else {
      const Event read = event(body, at, uuid);
      EXPECT_TRUE(out.contains(uuid)) << "an event on unknown track " << uuid;
      out[uuid].events.push_back(read);
    }
  }
  return out;
}

}  // namespace systole::read_back
