#include "cli/reconstruct_all.h"

#include <simdjson.h>

#include <chrono>
#include <map>
#include <set>

#include "audit/audit.h"
#include "domain/json.h"
#include "routing/bucket.h"

namespace pim::cli {
namespace {

constexpr std::size_t kPage = 2000;
constexpr std::uint32_t kChartPage = 200;
constexpr std::size_t kMaxDifferences = 20;

using EncounterTexts = std::map<std::string, std::string>;  // by encounter id

Result<std::set<StreamId>, std::string> patients_of(store::Reader& reader, BucketId bucket,
                                                    std::uint64_t& events) {
  std::set<StreamId> patients;
  std::uint64_t position = 0;
  while (true) {
    auto page = reader.read_bucket(bucket, position, kPage);
    if (!page) return Err{page.error().message};
    if (page->empty()) return patients;
    for (const auto& event : *page) {
      if (event.kind == StreamKind::patient) patients.insert(event.stream);
    }
    events += page->size();
    position = page->back().position;
  }
}

// The chart adds the age band, which depends on the day: it is no part of the history.
std::string without_age_band(const std::string& patient) {
  const auto at = patient.rfind(",\"age_band\":");
  return at == std::string::npos ? patient : patient.substr(0, at) + "}";
}

Result<void, std::string> collect(const std::string& items, EncounterTexts& encounters) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(simdjson::padded_string(items)).get(array) != simdjson::SUCCESS) {
    return Err{std::string("a chart's encounters are not a JSON array")};
  }
  for (const auto item : array) {
    std::string_view id;
    if (item["encounter_id"].get(id) != simdjson::SUCCESS) {
      return Err{std::string("an encounter of a chart has no id")};
    }
    encounters[std::string(id)] = simdjson::minify(item);
  }
  return {};
}

struct Shown {
  std::string patient;
  EncounterTexts encounters;
  Version version = 0;
};

Result<Shown, std::string> shown(readmodel::Queries& queries, PatientId patient,
                                 const TenantId& tenant) {
  Shown all;
  readmodel::PageRequest page{{}, kChartPage};
  do {
    const readmodel::ReadContext context{
        {tenant}, {}, std::chrono::steady_clock::now() + std::chrono::seconds(10)};
    auto chart = queries.chart(patient, page, context);
    if (!chart) return Err{chart.error().message};
    all.patient = without_age_band(chart->patient);
    all.version = chart->version;
    if (auto read = collect(chart->encounters.items, all.encounters); !read) {
      return Err{read.error()};
    }
    page.cursor = chart->encounters.next_cursor;
  } while (!page.cursor.empty());
  return all;
}

// Empty where both agree.
std::string difference(const audit::Reconstructed& folded, const Shown& seen) {
  const auto& patient = std::get<Patient>(folded.state);
  if (to_json(patient.facts) != seen.patient) return "facts";
  if (folded.version != seen.version) return "version";
  if (patient.encounters.all().size() != seen.encounters.size()) return "number of encounters";
  for (const auto& encounter : patient.encounters.all()) {
    const auto found = seen.encounters.find(encounter.encounter_id.to_string());
    if (found == seen.encounters.end() || found->second != to_json(encounter)) {
      return "encounter " + encounter.encounter_id.to_string();
    }
  }
  return {};
}

}  // namespace

Result<ReconstructReport, std::string> reconstruct_all(store::Reader& reader,
                                                       readmodel::Queries& queries,
                                                       const BucketProgress& progress) {
  ReconstructReport report;
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    const auto patients =
        patients_of(reader, BucketId{static_cast<std::uint16_t>(bucket)}, report.events);
    if (!patients) return Err{patients.error()};
    for (const auto& stream : *patients) {
      const auto folded = audit::reconstruct(reader, stream, {});
      if (!folded) return Err{folded.error().message};
      const auto seen = shown(queries, PatientId{stream.value}, folded->tenant);
      const std::string what =
          seen ? difference(*folded, *seen) : "not in the read model: " + seen.error();
      if (!what.empty()) {
        ++report.different;
        if (report.differences.size() < kMaxDifferences) {
          report.differences.push_back("patient " + stream.to_string() + ": " + what);
        }
      }
      ++report.patients;
      report.encounters += std::get<Patient>(folded->state).encounters.all().size();
    }
    if (progress) progress(bucket + 1, report.patients);
  }
  return report;
}

}  // namespace pim::cli
