#include "load/export_reader.h"

#include <simdjson.h>

#include <fstream>
#include <optional>

namespace pim::load {
namespace {

// nullopt: a field that every event has is not there.
std::optional<StoredEvent> to_event(simdjson::dom::object record) {
  StoredEvent event;
  std::string_view stream;
  std::uint64_t bucket = 0;
  if (record["stream"].get(stream) != simdjson::SUCCESS ||
      record["version"].get(event.version) != simdjson::SUCCESS ||
      record["bucket"].get(bucket) != simdjson::SUCCESS ||
      record["position"].get(event.position) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  const auto id = Uuid::parse(stream);
  if (!id) return std::nullopt;
  event.stream = *id;
  event.bucket = static_cast<std::uint32_t>(bucket);
  // A missing user or request is a finding of the check, not an error of the file.
  std::string_view text;
  if (record["who"].get(text) == simdjson::SUCCESS) event.user = text;
  if (record["request_id"].get(text) == simdjson::SUCCESS) event.request_id = text;
  return event;
}

}  // namespace

Result<void, std::string> read_export(const std::string& file,
                                      const std::function<void(const StoredEvent&)>& visit) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return Err{"cannot read " + file};
  simdjson::dom::parser parser;
  std::string text;
  for (std::uint64_t number = 1; std::getline(in, text); ++number) {
    const auto where = file + ":" + std::to_string(number) + ": ";
    if (in.eof()) return Err{where + "the export is cut off"};
    simdjson::dom::object record;
    if (parser.parse(text).get(record) != simdjson::SUCCESS) {
      return Err{where + "not an audit record"};
    }
    std::string_view kind;
    if (record["kind"].get(kind) != simdjson::SUCCESS) {
      // The first line of each journal segment names the segment and has no kind.
      if (record["segment"].error() == simdjson::SUCCESS) continue;
      return Err{where + "not an audit record"};
    }
    if (kind != "event") continue;
    const auto event = to_event(record);
    if (!event) return Err{where + "an event without its stream, version, bucket or position"};
    visit(*event);
  }
  return {};
}

}  // namespace pim::load
