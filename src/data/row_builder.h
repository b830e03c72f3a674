// One row and one step of a mapping make one command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "data/csv.h"
#include "data/mapping.h"
#include "data/pseudonym.h"
#include "domain/ids.h"
#include "domain/result.h"

namespace pim::data {

// What the texts in key columns stand for, so that later rows can refer to earlier ones. Grows with
// the number of rows that have a key: about 150 bytes each.
class KeyTable {
 public:
  struct Entry {
    Uuid id;
    Uuid patient;  // whose it is; nil for providers and facilities
  };
  void add(std::string_view kind, const std::string& key, Entry entry);
  const Entry* find(std::string_view kind, const std::string& key) const;

 private:
  std::unordered_map<std::string, Entry> entries_;
};

// Columns of a source, by name, in the order of its header.
class Header {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  Header() = default;
  explicit Header(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  std::size_t index(std::string_view column) const;  // kNone where there is none
  const std::vector<std::string>& columns() const { return columns_; }

 private:
  std::vector<std::string> columns_;
};

struct BuiltCommand {
  std::string path;
  std::string body;
  Uuid stream;  // the patient, provider or facility that it changes
};

// Why a row was refused, and at which value. Never quotes the value: it may be a person's.
struct RowProblem {
  Place place;
  std::string reason;
};

class RowBuilder {
 public:
  // All outlive the builder.
  RowBuilder(const Mapping& mapping, const PseudonymKey& key, KeyTable& keys)
      : mapping_(mapping), key_(key), keys_(keys) {}

  // Also enters the row into the key table where the step says so. `row_number` counts data rows
  // from 1.
  Result<BuiltCommand, RowProblem> build(const Step& step, const Header& header, const CsvRow& row,
                                         std::uint64_t row_number);

 private:
  struct Value;
  struct Draft;
  Result<Value, RowProblem> evaluate(const FieldRule& rule, const Header& header, const CsvRow& row,
                                     std::uint64_t row_number) const;
  Result<Value, RowProblem> refer(const FieldRule& rule, const Header& header, const CsvRow& row,
                                  const CsvField& cell) const;
  static std::optional<RowProblem> apply(const FieldRule& rule, const CommandShape& command,
                                         Value value, Draft& draft);

  const Mapping& mapping_;
  const PseudonymKey& key_;
  KeyTable& keys_;
};

}  // namespace pim::data
