// A patient's events as they were written: read from the store, page by page.
#include <utility>

#include "domain/json.h"
#include "readmodel/query_engine.h"

namespace pim::readmodel {
namespace {

constexpr std::uint32_t kTimelineRows = 50;

std::string timeline_item(const store::EventRecord& event) {
  std::string out = "{\"id\":\"" + event.id.to_string() + "\",\"type\":";
  append_json_string(out, event.type);
  out += ",\"version\":" + std::to_string(event.version);
  out += ",\"recorded_at\":\"" + event.origin.recorded_at.to_string() + "\",\"user_id\":";
  append_json_string(out, event.origin.user_id);
  out += ",\"request_id\":";
  append_json_string(out, event.origin.request_id);
  if (!event.origin.reason.empty()) {
    out += ",\"reason\":";
    append_json_string(out, event.origin.reason);
  }
  out += ",\"data\":" + event.data + "}";
  return out;
}

}  // namespace

QueryResult<Page> QueryEngine::timeline(PatientId patient, const PageRequest& page,
                                        const ReadContext& context) {
  const std::string subject = patient.to_string();
  Version after = 0;
  if (!page.cursor.empty()) {
    auto reader = CursorReader::open(CursorTag::timeline, subject, page.cursor);
    if (!reader) return Err{bad_cursor()};
    after = reader->number();
    if (!reader->complete()) return Err{bad_cursor()};
  }
  {
    auto lease = begin(context);
    if (!lease) return Err{lease.error()};
    auto row = patient_row(*lease, patient, context);
    if (!row) return Err{row.error()};
  }
  const PageBounds bounds = bounds_of(page, kTimelineRows);
  auto events = read_stream(patient, after, bounds.rows + 1);
  if (!events) return Err{events.error()};

  PageBuilder builder(bounds);
  for (const auto& event : *events) {
    if (!builder.add(timeline_item(event))) {
      return std::move(builder).finish(
          CursorWriter(CursorTag::timeline, subject).number(after).finish());
    }
    after = event.version;
  }
  return std::move(builder).finish({});
}

QueryResult<std::vector<store::EventRecord>> QueryEngine::read_stream(PatientId patient,
                                                                      Version after,
                                                                      std::size_t limit) {
  std::unique_ptr<store::Reader> reader;
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      reader = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (!reader) {
    auto opened = store_.open_reader();
    if (!opened) return Err{QueryError{QueryErrorKind::unavailable, opened.error().message}};
    reader = std::move(*opened);
  }
  auto events =
      reader->read_stream(bucket_of(patient.value), StreamId{patient.value}, after, limit);
  if (!events) return Err{QueryError{QueryErrorKind::unavailable, events.error().message}};
  const std::lock_guard lock(readers_mutex_);
  readers_.push_back(std::move(reader));
  return std::move(*events);
}

}  // namespace pim::readmodel
