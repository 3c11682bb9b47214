// SPDX-License-Identifier: Apache-2.0
#include "report/perfetto_packets.hpp"

#include <protozero/pbf_writer.hpp>

namespace systole::perfetto {
namespace {

using protozero::pbf_writer;

namespace trace {
constexpr int kPacket = 1;
}
namespace packet {
constexpr int kTimestamp = 8;
constexpr int kSequence = 10;
constexpr int kTrackEvent = 11;
constexpr int kSequenceFlags = 13;
constexpr int kTrackDescriptor = 60;
constexpr std::uint32_t kBeginsAnew = 1;  // SEQ_INCREMENTAL_STATE_CLEARED.
}  // namespace packet
namespace descriptor {
constexpr int kUuid = 1;
constexpr int kName = 2;
constexpr int kProcess = 3;
constexpr int kThread = 4;
constexpr int kParent = 5;
constexpr int kCounter = 8;
}  // namespace descriptor
namespace process {
constexpr int kPid = 1;
constexpr int kName = 6;
}  // namespace process
namespace thread {
constexpr int kPid = 1;
constexpr int kTid = 2;
constexpr int kName = 5;
}  // namespace thread
namespace counter {
constexpr int kUnitName = 6;
}
namespace event {
constexpr int kAnnotation = 4;
constexpr int kType = 9;
constexpr int kTrack = 11;
constexpr int kName = 23;
constexpr int kDoubleValue = 44;
constexpr int kFlow = 47;
enum Type : std::int32_t { slice_begin = 1, slice_end = 2, instant = 3, counter = 4 };
}  // namespace event
namespace annotation {
constexpr int kNumber = 3;
constexpr int kText = 6;
constexpr int kName = 10;
}  // namespace annotation

void add_annotations(const std::vector<Annotation>& annotations, pbf_writer& out) {
  for (const Annotation& one : annotations) {
    pbf_writer nested(out, event::kAnnotation);
    if (one.number) {
      nested.add_uint64(annotation::kNumber, *one.number);
    } else {
      nested.add_string(annotation::kText, one.text);
    }
    nested.add_string(annotation::kName, one.name);
  }
}

}  // namespace

void Packets::declare(std::uint64_t track, const std::string& descriptor) {
  track_ = track;
  ++sequence_;
  pbf_writer whole(bytes_);
  pbf_writer out(whole, trace::kPacket);
  out.add_uint32(packet::kSequence, sequence_);
  out.add_uint32(packet::kSequenceFlags, packet::kBeginsAnew);
  out.add_message(packet::kTrackDescriptor, descriptor);
}

void Packets::describe(std::uint64_t track, const Process& process) {
  std::string body;
  pbf_writer out(body);
  out.add_uint64(descriptor::kUuid, track);
  {
    pbf_writer nested(out, descriptor::kProcess);
    nested.add_int32(process::kPid, process.pid);
    nested.add_string(process::kName, process.name);
  }
  declare(track, body);
}

void Packets::describe(std::uint64_t track, const Thread& thread) {
  std::string body;
  pbf_writer out(body);
  out.add_uint64(descriptor::kUuid, track);
  {
    pbf_writer nested(out, descriptor::kThread);
    nested.add_int32(thread::kPid, thread.pid);
    nested.add_int32(thread::kTid, thread.tid);
    nested.add_string(thread::kName, thread.name);
  }
  declare(track, body);
}

void Packets::describe(std::uint64_t track, const Counter& counter) {
  std::string body;
  pbf_writer out(body);
  out.add_uint64(descriptor::kUuid, track);
  out.add_string(descriptor::kName, counter.name);
  out.add_uint64(descriptor::kParent, counter.process);
  {
    pbf_writer nested(out, descriptor::kCounter);
    nested.add_string(counter::kUnitName, counter.unit);
  }
  declare(track, body);
}

void Packets::describe(std::uint64_t track, const std::string& name) {
  std::string body;
  pbf_writer out(body);
  out.add_uint64(descriptor::kUuid, track);
  out.add_string(descriptor::kName, name);
  declare(track, body);
}

void Packets::event(std::uint64_t at, const std::string& body) {
  pbf_writer whole(bytes_);
  pbf_writer out(whole, trace::kPacket);
  out.add_uint64(packet::kTimestamp, at);
  out.add_uint32(packet::kSequence, sequence_);
  out.add_message(packet::kTrackEvent, body);
}

void Packets::begin(std::uint64_t at, std::string_view name,
                    const std::vector<Annotation>& annotations, std::optional<std::uint64_t> flow) {
  std::string body;
  pbf_writer out(body);
  out.add_enum(event::kType, event::slice_begin);
  out.add_uint64(event::kTrack, track_);
  out.add_string(event::kName, name.data(), name.size());
  add_annotations(annotations, out);
  if (flow) {
    out.add_fixed64(event::kFlow, *flow);
  }
  event(at, body);
}

void Packets::end(std::uint64_t at) {
  std::string body;
  pbf_writer out(body);
  out.add_enum(event::kType, event::slice_end);
  out.add_uint64(event::kTrack, track_);
  event(at, body);
}

void Packets::instant(std::uint64_t at, std::string_view name,
                      const std::vector<Annotation>& annotations) {
  std::string body;
  pbf_writer out(body);
  out.add_enum(event::kType, event::instant);
  out.add_uint64(event::kTrack, track_);
  out.add_string(event::kName, name.data(), name.size());
  add_annotations(annotations, out);
  event(at, body);
}

void Packets::value(std::uint64_t at, double value) {
  std::string body;
  pbf_writer out(body);
  out.add_enum(event::kType, event::counter);
  out.add_uint64(event::kTrack, track_);
  out.add_double(event::kDoubleValue, value);
  event(at, body);
}

}  // namespace systole::perfetto
