#include "telemetry/pprof.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <tuple>

#include "telemetry/protobuf_writer.h"

namespace pim::telemetry {
namespace {

// Field numbers of profile.proto.
namespace in_profile {
enum : unsigned {
  sample_type = 1,
  sample = 2,
  mapping = 3,
  location = 4,
  function = 5,
  string_table = 6,
  time_nanos = 9,
  duration_nanos = 10,
  period_type = 11,
  period = 12,
  default_sample_type = 14,
};
}
namespace in_value_type {
enum : unsigned { type = 1, unit = 2 };
}
namespace in_sample {
enum : unsigned { location_id = 1, value = 2, label = 3 };
}
namespace in_label {
enum : unsigned { key = 1, text = 2 };
}
namespace in_mapping {
enum : unsigned {
  id = 1,
  memory_start = 2,
  memory_limit = 3,
  filename = 5,
  build_id = 6,
  has_functions = 7,
  has_filenames = 8,
  has_line_numbers = 9,
  has_inline_frames = 10,
};
}
namespace in_location {
enum : unsigned { id = 1, mapping_id = 2, address = 3, line = 4 };
}
namespace in_line {
enum : unsigned { function_id = 1, line = 2 };
}
namespace in_function {
enum : unsigned { id = 1, name = 2, system_name = 3, filename = 4 };
}

// The address of the call, where the frame has the one behind it.
std::uintptr_t address_of(const SampledStack& stack, std::size_t frame) {
  return stack.frames[frame] - (frame == 0 ? 0 : 1);
}

class PprofEncoder {
 public:
  PprofEncoder(const Profile& profile, const PprofOptions& options)
      : profile_(profile), options_(options) {
    text("");  // by definition the first
  }

  std::string encode(Symbolizer& symbolizer) {
    symbols_ = symbolizer.resolve(addresses());
    out_.message(in_profile::sample_type, value_type("samples", "count"));
    out_.message(in_profile::sample_type, value_type("cpu", "nanoseconds"));
    for (const auto& [stack, ticks] : profile_.ticks) add_sample(stack, ticks);
    for (std::size_t i = 0; i < symbols_.modules.size(); ++i) add_mapping(i);
    const auto since_epoch = profile_.start.time_since_epoch();
    out_.number(in_profile::time_nanos, nanoseconds(since_epoch));
    out_.number(in_profile::duration_nanos, nanoseconds(profile_.duration));
    out_.message(in_profile::period_type, value_type("cpu", "nanoseconds"));
    out_.number(in_profile::period, nanoseconds(profile_.period));
    out_.number(in_profile::default_sample_type, text("cpu"));
    for (const std::string_view each : in_order_) out_.bytes(in_profile::string_table, each);
    return out_.str();
  }

 private:
  template <class Duration>
  static std::uint64_t nanoseconds(Duration time) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(time).count());
  }

  std::vector<std::uintptr_t> addresses() const {
    std::vector<std::uintptr_t> all;
    for (const auto& [stack, ticks] : profile_.ticks) {
      for (std::size_t i = 0; i < stack.frames.size(); ++i) all.push_back(address_of(stack, i));
    }
    return all;
  }

  std::uint64_t text(std::string_view value) {
    const auto [at, added] = texts_.try_emplace(std::string(value), texts_.size());
    if (added) in_order_.push_back(at->first);
    return at->second;
  }

  ProtobufWriter value_type(std::string_view type, std::string_view unit) {
    ProtobufWriter out;
    out.number(in_value_type::type, text(type)).number(in_value_type::unit, text(unit));
    return out;
  }

  ProtobufWriter label(std::string_view key, std::string_view value) {
    ProtobufWriter out;
    out.number(in_label::key, text(key)).number(in_label::text, text(value));
    return out;
  }

  void add_sample(const SampledStack& stack, std::uint64_t ticks) {
    ProtobufWriter sample;
    std::vector<std::uint64_t> locations;
    for (std::size_t i = 0; i < stack.frames.size(); ++i) {
      const auto id = location(address_of(stack, i));
      if (id == 0) break;  // no code: what follows was found by a pointer that is none
      locations.push_back(id);
    }
    sample.packed(in_sample::location_id, locations);
    const std::array<std::uint64_t, 2> values{ticks, ticks * nanoseconds(profile_.period)};
    sample.packed(in_sample::value, values);
    if (stack.thread[0] != '\0') {
      const auto end = std::ranges::find(stack.thread, '\0');
      sample.message(in_sample::label, label("thread", {stack.thread.begin(), end}));
    }
    if (stack.span_id != decltype(stack.span_id){}) {
      const TraceContext span{stack.trace_id, stack.span_id};
      sample.message(in_sample::label, label("span_id", span.span_hex()));
      if (options_.trace_ids) {
        sample.message(in_sample::label, label("trace_id", span.trace_hex()));
      }
    }
    out_.message(in_profile::sample, sample);
  }

  // Its id; 0 where the address is no code.
  std::uint64_t location(std::uintptr_t address) {
    if (const auto known = locations_.find(address); known != locations_.end()) {
      return known->second;
    }
    const auto symbol = symbols_.at.find(address);
    if (symbol == symbols_.at.end()) return 0;
    const std::uint64_t id = locations_.size() + 1;
    locations_.emplace(address, id);
    ProtobufWriter out;
    out.number(in_location::id, id)
        .number(in_location::mapping_id, symbol->second->module + 1)
        .number(in_location::address, address);
    for (const SourceFrame& frame : symbol->second->frames) {
      ProtobufWriter line;
      line.number(in_line::function_id, function(frame))
          .number(in_line::line, static_cast<std::uint64_t>(frame.line));
      out.message(in_location::line, line);
    }
    out_.message(in_profile::location, out);
    return id;
  }

  std::uint64_t function(const SourceFrame& frame) {
    const auto [at, added] =
        functions_.try_emplace({frame.symbol, frame.file}, functions_.size() + 1);
    if (added) {
      ProtobufWriter out;
      out.number(in_function::id, at->second)
          .number(in_function::name, text(frame.function))
          .number(in_function::system_name, text(frame.symbol))
          .number(in_function::filename, text(frame.file));
      out_.message(in_profile::function, out);
    }
    return at->second;
  }

  void add_mapping(std::size_t index) {
    const CodeModule& module = symbols_.modules[index];
    ProtobufWriter out;
    out.number(in_mapping::id, index + 1)
        .number(in_mapping::memory_start, module.start)
        .number(in_mapping::memory_limit, module.end)
        .number(in_mapping::filename, text(module.file))
        .number(in_mapping::build_id, text(module.build_id));
    for (const auto flag : {in_mapping::has_functions, in_mapping::has_filenames,
                            in_mapping::has_line_numbers, in_mapping::has_inline_frames}) {
      out.number(flag, 1);  // all that can be known is in it: nobody else needs to look
    }
    out_.message(in_profile::mapping, out);
  }

  const Profile& profile_;
  const PprofOptions options_;
  Symbolizer::Symbols symbols_;
  ProtobufWriter out_;
  std::map<std::string, std::uint64_t, std::less<>> texts_;
  std::vector<std::string_view> in_order_;  // the keys of texts_
  std::unordered_map<std::uintptr_t, std::uint64_t> locations_;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t> functions_;
};

}  // namespace

std::string encode_pprof(const Profile& profile, Symbolizer& symbolizer,
                         const PprofOptions& options) {
  return PprofEncoder(profile, options).encode(symbolizer);
}

}  // namespace pim::telemetry
