#include "readmodel/read_model_testing.h"

#include <gtest/gtest.h>

namespace pim::readmodel {

std::chrono::steady_clock::time_point in_a_minute() {
  return std::chrono::steady_clock::now() + std::chrono::minutes(1);
}

std::unique_ptr<ReadModel> open_model(SharedStore& store, const std::string& directory) {
  ReadModelOptions options;
  options.directory = directory;
  auto model = ReadModel::open(store, options);
  EXPECT_TRUE(model) << model.error().message;
  store.on_commit([raw = model->get()](const auto& events) { raw->announce(events); });
  return std::move(*model);
}

std::vector<std::string> items_of(const std::string& array) {
  std::vector<std::string> items;
  std::size_t depth = 0;
  std::size_t begin = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (quoted) {
      if (c == '\\') ++i;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' && depth++ == 0) {
      begin = i;
    } else if (c == '}' && --depth == 0) {
      items.push_back(array.substr(begin, i + 1 - begin));
    }
  }
  return items;
}

void sort_newest_first(std::vector<FoldedRow>& rows) {
  std::sort(rows.begin(), rows.end(), [](const FoldedRow& a, const FoldedRow& b) {
    return std::tie(a.admitted_at, a.encounter, a.patient) >
           std::tie(b.admitted_at, b.encounter, b.patient);
  });
}

std::vector<std::string> documents_of(const std::vector<FoldedRow>& rows) {
  std::vector<std::string> documents;
  documents.reserve(rows.size());
  for (const auto& row : rows) documents.push_back(row.document);
  return documents;
}

std::string with_patient_id(const StreamId& patient, const std::string& document) {
  return "{\"patient_id\":\"" + patient.to_string() + "\"," + document.substr(1);
}

std::vector<std::string> expected_encounters(const Patient& patient) {
  std::vector<FoldedRow> rows;
  for (const Encounter& e : patient.encounters.all()) {
    rows.push_back({e.admitted_at.value, e.encounter_id, {}, to_json(e)});
  }
  sort_newest_first(rows);
  return documents_of(rows);
}

std::vector<std::string> expected_bills(const Patient& patient) {
  std::vector<FoldedRow> rows;
  for (const Encounter& e : patient.encounters.all()) {
    rows.push_back({e.admitted_at.value, e.encounter_id, {}, {}});
  }
  sort_newest_first(rows);
  std::vector<std::string> items;
  for (const auto& row : rows) {
    for (const Bill& bill : patient.encounters.find(row.encounter)->bills) {
      items.push_back("{\"encounter_id\":\"" + row.encounter.to_string() + "\"," +
                      to_json(bill).substr(1));
    }
  }
  return items;
}

std::vector<std::string> expected_codes(const History& history,
                                        const std::vector<TenantId>& tenants,
                                        std::string_view system) {
  std::map<std::string, int> counts;
  for (const auto& [id, stream] : history.streams()) {
    const auto* patient = std::get_if<Patient>(&stream.state);
    if (patient == nullptr ||
        std::find(tenants.begin(), tenants.end(), stream.tenant) == tenants.end()) {
      continue;
    }
    for (const Encounter& e : patient->encounters.all()) {
      for (const auto& child : e.diagnoses) {
        if (!child.voided && system == "ICD-10-CM") ++counts[child.icd10cm.text()];
      }
      for (const auto& child : e.procedures) {
        if (!child.voided && system == name_of(child.system)) ++counts[child.code];
      }
      for (const auto& child : e.medications) {
        if (!child.voided && system == "RXNORM") ++counts[child.rxcui.text()];
      }
    }
  }
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [code, count] : counts) order.emplace_back(-count, code);
  std::sort(order.begin(), order.end());
  std::vector<std::string> items;
  for (const auto& [count, code] : order) {
    items.push_back("{\"system\":\"" + std::string(system) + "\",\"code\":\"" + code +
                    "\",\"count\":" + std::to_string(-count) + "}");
  }
  return items;
}

namespace {

// The page within a QueryResult; fails the test on an error.
template <class T>
T value_of(QueryResult<T> result) {
  EXPECT_TRUE(result) << result.error().message;
  return result ? std::move(*result) : T{};
}

void expect_patient(Queries& queries, const StreamId& id, const History::Stream& stream,
                    std::uint32_t limit) {
  SCOPED_TRACE("patient " + id.to_string());
  const PatientId patient{id.value};
  const auto& folded = std::get<Patient>(stream.state);
  std::string facts;
  const auto encounters = walk(
      [&](const PageRequest& page) {
        Chart chart = value_of(queries.chart(patient, page, anyone()));
        facts = chart.patient;
        EXPECT_EQ(chart.version, stream.version);
        EXPECT_EQ(chart.tenant, stream.tenant);
        EXPECT_EQ(chart.position.bucket, bucket_of(id.value));
        EXPECT_GE(chart.position.position, stream.version);
        return chart.encounters;
      },
      limit);
  EXPECT_EQ(encounters, expected_encounters(folded));
  const std::string own = to_json(folded.facts);
  EXPECT_EQ(facts.substr(0, own.size() - 1), own.substr(0, own.size() - 1));
  EXPECT_NE(facts.find(",\"age_band\":\""), std::string::npos) << facts;

  for (const Encounter& e : folded.encounters.all()) {
    const Document document = value_of(queries.encounter(patient, e.encounter_id, anyone()));
    EXPECT_EQ(document.json, to_json(e));
    EXPECT_EQ(document.version, stream.version);
  }
  const auto bills = walk(
      [&](const PageRequest& page) { return value_of(queries.bills(patient, page, anyone())); },
      limit);
  EXPECT_EQ(bills, expected_bills(folded));
  const auto timeline = walk(
      [&](const PageRequest& page) { return value_of(queries.timeline(patient, page, anyone())); },
      limit);
  EXPECT_EQ(timeline.size(), stream.version);
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    EXPECT_NE(timeline[i].find("\"version\":" + std::to_string(i + 1) + ","), std::string::npos);
  }
}

void expect_reference(Queries& queries, const History& history, const History::Stream& stream,
                      std::uint32_t limit) {
  Document document;
  std::string expected_document;
  std::vector<std::string> listed;
  std::vector<std::string> expected;
  if (const auto* provider = std::get_if<Provider>(&stream.state)) {
    const ProviderId id = provider->provider_id;
    document = value_of(queries.provider(id, anyone()));
    expected_document = to_json(*provider);
    listed = walk(
        [&](const PageRequest& page) {
          return value_of(queries.encounters_by_provider(id, page, anyone())).page;
        },
        limit);
    expected = expected_across(history, stream.tenant,
                               [&](const Encounter& e) { return e.provider_id == id; });
  } else {
    const auto& facility = std::get<Facility>(stream.state);
    const FacilityId id = facility.facility_id;
    document = value_of(queries.facility(id, anyone()));
    expected_document = to_json(facility);
    listed = walk(
        [&](const PageRequest& page) { return value_of(queries.census(id, page, anyone())).page; },
        limit);
    expected = expected_across(history, stream.tenant, [&](const Encounter& e) {
      return e.facility_id == id && e.status == EncounterStatus::open;
    });
  }
  EXPECT_EQ(document.json, expected_document);
  EXPECT_EQ(document.version, stream.version);
  EXPECT_EQ(document.tenant, stream.tenant);
  EXPECT_EQ(listed, expected) << expected_document;
}

void expect_days(Queries& queries, const History& history, std::uint32_t limit) {
  for (const char* day : {"2025-05-31", "2025-06-01", "2025-06-02", "2025-06-03"}) {
    const auto from = UtcMillis::parse(std::string(day) + "T00:00:00Z")->value;
    std::vector<std::string> expected;
    for (const TenantId& tenant : History::tenants()) {
      const auto of_tenant = expected_across(history, tenant, [&](const Encounter& e) {
        return e.admitted_at.value >= from && e.admitted_at.value < from + 86'400'000;
      });
      expected.insert(expected.end(), of_tenant.begin(), of_tenant.end());
    }
    const auto listed = walk(
        [&](const PageRequest& page) {
          return value_of(queries.encounters_by_day(day, page, anyone())).page;
        },
        limit);
    EXPECT_EQ(listed, expected) << day;
  }
}

void expect_codes(Queries& queries, const History& history, std::uint32_t limit) {
  for (const char* system : {"ICD-10-CM", "PCS", "HCPCS", "RXNORM"}) {
    const auto listed = walk(
        [&](const PageRequest& page) {
          return value_of(queries.code_frequency(system, page, anyone())).page;
        },
        limit);
    EXPECT_EQ(listed, expected_codes(history, History::tenants(), system)) << system;
  }
}

}  // namespace

void expect_queries_equal_folding(Queries& queries, const History& history, std::uint32_t limit) {
  SCOPED_TRACE("limit " + std::to_string(limit));
  for (const auto& [id, stream] : history.streams()) {
    if (stream.version == 0) continue;
    if (stream.kind == StreamKind::patient) {
      expect_patient(queries, id, stream, limit);
    } else {
      expect_reference(queries, history, stream, limit);
    }
  }
  expect_days(queries, history, limit);
  expect_codes(queries, history, limit);
}

}  // namespace pim::readmodel
