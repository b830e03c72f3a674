#include "telemetry/pprof_reader_testing.h"

#include <algorithm>
#include <stdexcept>

#include "telemetry/protobuf_reader_testing.h"

namespace pim::telemetry {
namespace {

// The fields of one message, in order. A profile has varints and byte strings only.
struct Message {
  std::multimap<std::uint64_t, std::uint64_t> numbers;
  std::multimap<std::uint64_t, std::string_view> texts;

  explicit Message(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::uint64_t tag = read_varint(bytes);
      if ((tag & 7U) == 0) {
        numbers.emplace(tag >> 3U, read_varint(bytes));
      } else if ((tag & 7U) == 2) {
        const std::uint64_t size = read_varint(bytes);
        texts.emplace(tag >> 3U, read_bytes(bytes, size));
      } else {
        throw std::runtime_error("no wire type of a profile");
      }
    }
  }
  std::uint64_t number(std::uint64_t field) const {
    const auto found = numbers.find(field);
    return found == numbers.end() ? 0 : found->second;
  }
  std::vector<std::string_view> all(std::uint64_t field) const {
    std::vector<std::string_view> found;
    for (auto [at, end] = texts.equal_range(field); at != end; ++at) found.push_back(at->second);
    return found;
  }
  std::vector<std::uint64_t> packed(std::uint64_t field) const {
    std::vector<std::uint64_t> found;
    for (std::string_view list : all(field)) {
      while (!list.empty()) found.push_back(read_varint(list));
    }
    return found;
  }
};

}  // namespace

bool PprofSample::has(std::string_view part) const {
  return std::ranges::any_of(frames, [&](const PprofFrame& frame) {
    return frame.function.find(part) != std::string::npos;
  });
}

std::int64_t Pprof::ticks(std::string_view part) const {
  std::int64_t sum = 0;
  for (const PprofSample& sample : samples) {
    if (part.empty() || sample.has(part)) sum += sample.values.at(0);
  }
  return sum;
}

Pprof read_pprof(std::string_view bytes) {
  const Message top(bytes);
  const auto texts = top.all(6);
  const auto text = [&](std::uint64_t index) { return std::string(texts.at(index)); };
  const auto value_type = [&](std::string_view from) {
    const Message type(from);
    return std::pair(text(type.number(1)), text(type.number(2)));
  };

  Pprof profile;
  for (const auto each : top.all(1)) profile.sample_types.push_back(value_type(each));
  for (const auto each : top.all(11)) profile.period_type = value_type(each);
  profile.time_nanos = static_cast<std::int64_t>(top.number(9));
  profile.duration_nanos = static_cast<std::int64_t>(top.number(10));
  profile.period = static_cast<std::int64_t>(top.number(12));
  std::map<std::uint64_t, PprofMapping> mappings;
  for (const auto each : top.all(3)) {
    const Message from(each);
    mappings[from.number(1)] = {from.number(2), from.number(3), text(from.number(5)),
                                text(from.number(6))};
    profile.mappings.push_back(mappings[from.number(1)]);
  }
  std::map<std::uint64_t, PprofFrame> functions;
  for (const auto each : top.all(5)) {
    const Message from(each);
    functions[from.number(1)] = {text(from.number(2)), text(from.number(4)), 0};
  }
  std::map<std::uint64_t, std::vector<PprofFrame>> locations;
  for (const auto each : top.all(4)) {
    const Message from(each);
    const PprofMapping& mapping = mappings.at(from.number(2));
    if (from.number(3) < mapping.start || from.number(3) >= mapping.limit) {
      throw std::runtime_error("a location outside of its mapping");
    }
    auto& frames = locations[from.number(1)];
    for (const auto line : from.all(4)) {
      const Message at(line);
      frames.push_back(functions.at(at.number(1)));
      frames.back().line = static_cast<std::int64_t>(at.number(2));
    }
  }
  for (const auto each : top.all(2)) {
    const Message from(each);
    PprofSample sample;
    for (const auto id : from.packed(1)) {
      const auto& frames = locations.at(id);
      sample.frames.insert(sample.frames.end(), frames.begin(), frames.end());
    }
    for (const auto value : from.packed(2)) {
      sample.values.push_back(static_cast<std::int64_t>(value));
    }
    for (const auto label : from.all(3)) {
      const Message pair(label);
      sample.labels[text(pair.number(1))] = text(pair.number(2));
    }
    if (sample.values.size() != profile.sample_types.size()) {
      throw std::runtime_error("a sample must have a value of each type");
    }
    profile.samples.push_back(std::move(sample));
  }
  return profile;
}

}  // namespace pim::telemetry
