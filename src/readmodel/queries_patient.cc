// What is asked about one patient: the chart, an encounter, the bills.
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "domain/calendar.h"
#include "domain/json.h"
#include "readmodel/age_band.h"
#include "readmodel/page.h"
#include "readmodel/query_engine.h"
#include "store/planted.h"

namespace pim::readmodel {
namespace {

using store::sqlite::Run;

constexpr std::uint32_t kBillRows = 20;

std::int32_t this_year() {
  using namespace std::chrono;
  const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
  return year_of(UtcMillis{now.count()});
}

// The patient's facts with the age band, which depends on when it is asked.
std::string with_age_band(std::string_view json) {
  const auto facts = patient_facts_from_json(json);
  if (!facts) return std::string(json);
  return with_field(json, "age_band",
                    age_band(facts->birth_year, facts->deceased_year, this_year()));
}

}  // namespace

QueryResult<Chart> QueryEngine::chart(PatientId patient, const PageRequest& page,
                                      const ReadContext& context) {
  const std::string subject = patient.to_string();
  const auto start = place_of(CursorTag::chart, subject, page.cursor);
  if (!start) return Err{bad_cursor()};
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto row = patient_row(*lease, patient, context);
  if (!row) return Err{row.error()};

  PageBuilder builder(bounds_of(page, kChartRows));
  std::string next_cursor;
  {
    Run run((*lease)->encounters_of_patient);
    run.blob(patient.value.bytes)
        .integer(static_cast<std::uint64_t>(start->admitted_at))
        .blob(start->encounter.value.bytes);
    EncounterPlace last = *start;
    int rc = 0;
    while ((rc = run.step()) == SQLITE_ROW) {
      run.rewind();
      EncounterPlace place;
      place.admitted_at = static_cast<std::int64_t>(run.next_integer());
      run.next_blob(place.encounter.value.bytes);
      if (!builder.add(run.next_text())) {
        next_cursor = cursor_at(CursorTag::chart, subject, last);
        break;
      }
      last = place;
    }
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) return Err{unreadable(*lease, "a chart")};
  }

  Chart chart;
  chart.patient = with_age_band(row->json);
  chart.encounters = std::move(builder).finish(std::move(next_cursor));
  chart.tenant = std::move(row->tenant);
  chart.version = row->version;
  if (store::planted(store::Bug::read_back, 3)) --chart.version;
  if (store::planted(store::Bug::read_ahead)) ++chart.version;
  chart.position.bucket = bucket_of(patient.value);
  chart.position.epoch = follower_.epoch(chart.position.bucket);
  Run run((*lease)->checkpoint);
  run.integer(chart.position.bucket.value);
  if (run.step() == SQLITE_ROW) chart.position.position = run.next_integer();
  return chart;
}

QueryResult<Document> QueryEngine::encounter(PatientId patient, EncounterId encounter,
                                             const ReadContext& context) {
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto row = patient_row(*lease, patient, context);
  if (!row) return Err{row.error()};
  Run run((*lease)->encounter);
  run.blob(patient.value.bytes).blob(encounter.value.bytes);
  const int rc = run.step();
  if (rc == SQLITE_DONE) return Err{not_found("encounter")};
  if (rc != SQLITE_ROW) return Err{unreadable(*lease, "an encounter")};
  return Document{std::string(run.next_text()), std::move(row->tenant), row->version};
}

// Bills stand within their encounters; a page may end between two bills of one of them.
QueryResult<Page> QueryEngine::bills(PatientId patient, const PageRequest& page,
                                     const ReadContext& context) {
  const std::string subject = patient.to_string();
  EncounterPlace place;
  std::uint64_t skip = 0;  // bills of the first encounter that are on an earlier page
  if (!page.cursor.empty()) {
    auto reader = CursorReader::open(CursorTag::bills, subject, page.cursor);
    if (!reader) return Err{bad_cursor()};
    place.admitted_at = static_cast<std::int64_t>(reader->number());
    place.encounter = EncounterId{reader->uuid()};
    skip = reader->number();
    if (!reader->complete()) return Err{bad_cursor()};
  }
  auto lease = begin(context);
  if (!lease) return Err{lease.error()};
  auto row = patient_row(*lease, patient, context);
  if (!row) return Err{row.error()};

  const EncounterPlace start = place;
  Run run((*lease)->bills_of_patient);
  run.blob(patient.value.bytes)
      .integer(static_cast<std::uint64_t>(start.admitted_at))
      .blob(start.encounter.value.bytes);
  PageBuilder builder(bounds_of(page, kBillRows));
  int rc = 0;
  while ((rc = run.step()) == SQLITE_ROW) {
    run.rewind();
    place.admitted_at = static_cast<std::int64_t>(run.next_integer());
    run.next_blob(place.encounter.value.bytes);
    const auto encounter = encounter_from_json(run.next_text());
    if (!encounter) {
      return Err{QueryError{QueryErrorKind::unavailable, "an encounter's row cannot be read"}};
    }
    if (place.encounter != start.encounter) skip = 0;
    for (std::uint64_t i = skip; i < encounter->bills.size(); ++i) {
      if (builder.add_with_id("encounter_id", place.encounter.value,
                              to_json(encounter->bills[i]))) {
        continue;
      }
      return std::move(builder).finish(CursorWriter(CursorTag::bills, subject)
                                           .number(static_cast<std::uint64_t>(place.admitted_at))
                                           .uuid(place.encounter.value)
                                           .number(i)
                                           .finish());
    }
  }
  if (rc != SQLITE_DONE) return Err{unreadable(*lease, "bills")};
  return std::move(builder).finish({});
}

}  // namespace pim::readmodel
