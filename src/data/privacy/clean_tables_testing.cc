#include "data/privacy/clean_tables_testing.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "data/manifest.h"
#include "domain/calendar.h"
#include "domain/codes.h"
#include "domain/ids.h"

namespace pim::data::privacy {
namespace {

constexpr std::uint64_t kEncountersAPatient = 2;
constexpr std::uint64_t kDiagnosesAnEncounter = 2;

std::uint64_t drawn(std::uint64_t kind, std::uint64_t number) {
  std::uint64_t x = number * 0x9E3779B97F4A7C15ULL + kind * 0xD1B54A32D192ED03ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

enum Kind : std::uint64_t {
  facility = 1,
  provider,
  patient,
  encounter,
  diagnosis,
  procedure,
  medication,
  charge,
  bill
};

std::string id_of(Kind kind, std::uint64_t number) {
  return uuid_v7(static_cast<std::int64_t>(1'700'000'000'000 + drawn(kind, number) % 1'000'000'000),
                 drawn(kind + 100, number), drawn(kind + 200, number))
      .to_string();
}

std::string npi_of(std::uint64_t number) { return std::to_string(synthetic_npi(number)); }

std::string alias_of(const char* prefix, std::uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%06llu", prefix, static_cast<unsigned long long>(number));
  return text;
}

std::string zip3_of(std::uint64_t number) {
  auto digits = std::to_string(100 + drawn(31, number) % 900);
  return Zip3::parse(digits) ? digits : "000";
}

std::string time_text(std::int64_t seconds) {
  return UtcMillis{seconds * 1000}.to_string().substr(0, 19) + "Z";
}

template <std::size_t N>
std::string_view one_of(const std::array<std::string_view, N>& list, std::uint64_t number) {
  return list[number % N];
}

constexpr auto kSomeStates = std::to_array<std::string_view>({"OH", "NY", "WY", "IN", "OR", "ID"});
constexpr auto kSomeCodes = std::to_array<std::string_view>(
    {"E11.9", "I10", "Z23", "N39.0", "J06.9", "M54.50", "S92.155P", "X11.1XXS", "O24.419"});
constexpr auto kSomeHcpcs =
    std::to_array<std::string_view>({"G0438", "A6402", "J1885", "G0463", "Q4038", "E0114"});
constexpr auto kSomePcs = std::to_array<std::string_view>({"0DTJ4ZZ", "4A023N7", "30233N1"});
constexpr auto kSomeRxcuis =
    std::to_array<std::string_view>({"860975", "308136", "197361", "43215", "99999999"});
constexpr auto kSomeNdcs = std::to_array<std::string_view>(
    {"", "00093104801", "00093-1048-01", "16714029901", "55555-0101-01"});
constexpr auto kSomeDoses = std::to_array<std::string_view>({"500", "2.5", "0.125", "1000"});

// An encounter's own facts, from its number alone.
struct Visit {
  explicit Visit(std::uint64_t visit_number) : number(visit_number) {
    const auto first = start_of_year(2023).value / 1000;
    const auto span = (start_of_year(2026).value - start_of_year(2023).value) / 1000 - 20 * 86'400;
    admitted = first + static_cast<std::int64_t>(drawn(41, number)) % span;
    if (admitted < first) admitted += span;
    inpatient = number % 5 == 0;
    open = number % 13 == 3;
    length = inpatient ? 200'000 : 3'600;
  }
  std::uint64_t number;
  std::int64_t admitted = 0;  // seconds
  std::int64_t length = 0;
  bool inpatient = false;
  bool open = false;
  std::string patient_id() const { return id_of(patient, number / kEncountersAPatient); }
};

}  // namespace

void make_clean_rows(std::uint64_t patients,
                     const std::function<void(const Table& table, const TextRow& row)>& take) {
  const auto places = std::max<std::uint64_t>(2, patients / 100);
  const auto visits = patients * kEncountersAPatient;
  const auto provider_of = [&](std::uint64_t n) { return id_of(provider, drawn(51, n) % places); };
  const auto tables = all_tables();

  for (std::uint64_t i = 0; i < places; ++i) {
    take(tables[0], {id_of(facility, i), npi_of(i), alias_of("FAC-", i), "clinic",
                     std::string(one_of(kSomeStates, i)), zip3_of(i), std::to_string(i % 300)});
  }
  for (std::uint64_t i = 0; i < places; ++i) {
    take(tables[1], {id_of(provider, i), npi_of(50'000'000 + i), alias_of("PRV-", i),
                     "family-medicine", id_of(facility, drawn(52, i) % places)});
  }
  for (std::uint64_t i = 0; i < patients; ++i) {
    take(tables[2],
         {id_of(patient, i), std::to_string(1936 + drawn(53, i) % 85), i % 2 == 0 ? "F" : "M",
          std::string(one_of(kSomeStates, i)), zip3_of(i), i % 50 == 4 ? "2026" : ""});
  }
  for (std::uint64_t i = 0; i < visits; ++i) {
    const Visit visit(i);
    take(tables[3],
         {id_of(encounter, i), visit.patient_id(), provider_of(i),
          id_of(facility, drawn(54, i) % places), visit.inpatient ? "inpatient" : "ambulatory",
          visit.inpatient ? "21" : "11", time_text(visit.admitted),
          visit.open ? "" : time_text(visit.admitted + visit.length), visit.open ? "" : "home"});
  }
  for (std::uint64_t i = 0; i < visits * kDiagnosesAnEncounter; ++i) {
    const Visit visit(i / kDiagnosesAnEncounter);
    const auto rank = i % kDiagnosesAnEncounter + 1;
    take(tables[4], {id_of(diagnosis, i), visit.patient_id(), id_of(encounter, visit.number),
                     std::string(one_of(kSomeCodes, drawn(55, visit.number) % 9 + rank)),
                     std::to_string(rank), "true", time_text(visit.admitted + 60)});
  }
  for (std::uint64_t i = 0; i < visits; ++i) {
    const Visit visit(i);
    take(tables[5], {id_of(procedure, i), visit.patient_id(), id_of(encounter, i), provider_of(i),
                     visit.inpatient ? "PCS" : "HCPCS",
                     std::string(visit.inpatient ? one_of(kSomePcs, i) : one_of(kSomeHcpcs, i)),
                     time_text(visit.admitted + 120), "1"});
  }
  for (std::uint64_t i = 0; i < visits; ++i) {
    const Visit visit(i);
    take(tables[6],
         {id_of(medication, i), visit.patient_id(), id_of(encounter, i), provider_of(i),
          std::string(one_of(kSomeRxcuis, i)), std::string(one_of(kSomeNdcs, i)),
          std::string(one_of(kSomeDoses, i)), "mg", "oral", time_text(visit.admitted + 180),
          i % 3 == 0 ? time_text(visit.admitted + 3'000'000) : ""});
  }
  for (std::uint64_t i = 0; i < visits * 3; ++i) {
    const Visit visit(i / 3);
    const auto line = i % 3 + 1;
    static constexpr std::array<const char*, 3> kSources = {"encounter", "procedure", "medication"};
    static constexpr std::array<Kind, 3> kKinds = {encounter, procedure, medication};
    // now and then as many digits as an SSN or a card number has
    const auto unit =
        i % 97 == 0 ? 123'456'789 + drawn(56, i) % 800'000'000 : drawn(56, i) % 500'000;
    const auto qty = 1 + drawn(57, i) % 4;
    take(tables[7],
         {id_of(charge, i), id_of(bill, visit.number), visit.patient_id(),
          id_of(encounter, visit.number), std::to_string(line), kSources[line - 1],
          id_of(kKinds[line - 1], visit.number), "professional", std::to_string(qty),
          std::to_string(unit), std::to_string(unit * qty), visit.open ? "open" : "final"});
  }
}

CleanTables::CleanTables(std::uint64_t patients) {
  for (const auto& table : all_tables()) {
    auto& header = headers_[std::string(table.name)];
    for (const auto& column : table.columns) header.emplace_back(column.name);
    rows_[std::string(table.name)];
  }
  make_clean_rows(patients, [this](const Table& table, const TextRow& row) {
    rows_[std::string(table.name)].push_back(row);
  });
}

std::string& CleanTables::cell(std::string_view table, std::size_t row, std::string_view column) {
  const auto& names = header(table);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == column) return rows(table).at(row).at(i);
  }
  ADD_FAILURE() << table << " has no column " << column;
  return rows(table).at(row).at(0);
}

std::size_t CleanTables::row_with(std::string_view table, std::string_view column,
                                  std::string_view text, std::size_t from) {
  for (std::size_t row = from; row < rows(table).size(); ++row) {
    if (cell(table, row, column) == text) return row;
  }
  ADD_FAILURE() << table << " has no row where " << column << " is " << text;
  return 0;
}

void CleanTables::write(const std::string& directory) const {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const auto write_row = [](std::ofstream& out, const TextRow& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i != 0) out << ',';
      const bool quoted = row[i].find_first_of(",\n") != std::string::npos;
      out << (quoted ? "\"" : "") << row[i] << (quoted ? "\"" : "");
    }
    out << '\n';
  };
  for (const auto& [table, rows] : rows_) {
    std::ofstream out(directory + "/" + table + ".csv", std::ios::binary);
    write_row(out, headers_.at(table));
    for (const auto& row : rows) write_row(out, row);
  }
  write_manifest(directory);
}

void CleanTables::write_manifest(const std::string& directory) {
  Manifest manifest{.generator = "pim data generate", .version = "0.0.0", .seed = 1, .files = {}};
  for (const auto& table : all_tables()) {
    const auto name = std::string(table.name) + ".csv";
    const auto path = directory + "/" + name;
    const auto digest = digest_file(path);
    if (!digest) continue;
    std::uint64_t rows = 0;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) ++rows;
    manifest.files.push_back({.name = name,
                              .table = std::string(table.name),
                              .origin = Origin::generated,
                              .schema = "",
                              .rows = rows - 1,
                              .bytes = digest->bytes,
                              .sha256 = digest->sha256});
  }
  std::ofstream(directory + "/manifest.json") << to_json(manifest);
}

}  // namespace pim::data::privacy
