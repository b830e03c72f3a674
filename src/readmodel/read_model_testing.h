// A read model over a random history, and what its queries should say by folding alone.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "domain/json.h"
#include "domain/state.h"
#include "readmodel/history_testing.h"
#include "readmodel/read_model.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::readmodel {

std::chrono::steady_clock::time_point in_a_minute();

// Opens a read model in `directory` and announces the store's commits to it.
std::unique_ptr<ReadModel> open_model(SharedStore& store, const std::string& directory);

// The items of every page, in order, page by page with `limit`; fails the test on an error or where
// a page but the last has no rows. `ask(page request)` returns a QueryResult<Page>.
template <class Ask>
std::vector<std::string> walk(Ask&& ask, std::uint32_t limit);

// A JSON array of objects, cut into its items.
std::vector<std::string> items_of(const std::string& array);

// By folding: an encounter's document with its place in every list. Newest first.
struct FoldedRow {
  std::int64_t admitted_at = 0;
  EncounterId encounter;
  StreamId patient;
  std::string document;
};
void sort_newest_first(std::vector<FoldedRow>& rows);
std::vector<std::string> documents_of(const std::vector<FoldedRow>& rows);

std::vector<std::string> expected_encounters(const Patient& patient);
std::vector<std::string> expected_bills(const Patient& patient);
// {"patient_id":...} in front of each encounter that `keep(encounter)` and the tenant allow.
template <class Keep>
std::vector<std::string> expected_across(const History& history, const TenantId& tenant,
                                         Keep&& keep);
// {"system":...,"code":...,"count":...}, most frequent first.
std::vector<std::string> expected_codes(const History& history,
                                        const std::vector<TenantId>& tenants,
                                        std::string_view system);

// Every query's answer, over all pages, against folding.
void expect_queries_equal_folding(Queries& queries, const History& history, std::uint32_t limit);

// --- templates

std::string with_patient_id(const StreamId& patient, const std::string& document);

template <class Ask>
std::vector<std::string> walk(Ask&& ask, std::uint32_t limit) {
  std::vector<std::string> all;
  PageRequest request;
  request.limit = limit;
  for (;;) {
    Page page = ask(request);
    const auto items = items_of(page.items);
    all.insert(all.end(), items.begin(), items.end());
    if (items.size() != page.rows) all.push_back("rows is " + std::to_string(page.rows));
    if (page.next_cursor.empty()) return all;
    if (items.empty()) {
      all.push_back("an empty page that is not the last");
      return all;
    }
    request.cursor = page.next_cursor;
  }
}

template <class Keep>
std::vector<std::string> expected_across(const History& history, const TenantId& tenant,
                                         Keep&& keep) {
  std::vector<FoldedRow> rows;
  for (const auto& [id, stream] : history.streams()) {
    const auto* patient = std::get_if<Patient>(&stream.state);
    if (patient == nullptr || stream.tenant != tenant) continue;
    for (const Encounter& e : patient->encounters.all()) {
      if (!keep(e)) continue;
      rows.push_back({e.admitted_at.value, e.encounter_id, id, with_patient_id(id, to_json(e))});
    }
  }
  sort_newest_first(rows);
  return documents_of(rows);
}

}  // namespace pim::readmodel
