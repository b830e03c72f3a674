// A mapping: which columns of which files become which fields of which commands. Written in TOML;
// docs/formats/mapping.md describes it, seed/maps/ holds two.
//
// Every column of a source must be accounted for: used by a rule, dropped (an identifier) or
// ignored. So a new column in a file is a question to its owner, never a leak.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/command_shape.h"
#include "data/row_source.h"
#include "domain/result.h"

namespace pim::data {

// What is done to a column's text before it becomes a field.
enum class Conversion {
  none,
  cents,               // "$1,234.50" -> 123450
  time,                // by `format` -> RFC 3339
  birth_year_of_age,   // by the reference year; 90 and above become 90
  birth_year_of_date,  // by `format`; likewise
  zip3,                // first three digits; sparse areas become 000
};

struct FieldRule {
  enum class From {
    constant,   // zip3 = "000"
    column,     // sex = { column = "Gender", values = { Female = "F" }, otherwise = "U" }
    own_id,     // patient_id = { id = "patient" }: the pseudonym of this row
    reference,  // encounter_id = { column = "visit", names = "encounter" }: another row's
  };
  std::string field;
  From from = From::constant;
  std::string constant;
  std::string column;
  Conversion conversion = Conversion::none;
  std::vector<std::string> formats;  // of dates; the first that fits
  bool detect_format = false;        // format = "detect": `formats` comes from the column
  std::vector<std::pair<std::string, std::string>> values;
  std::optional<std::string> otherwise;  // for texts that `values` does not list
  std::optional<std::string> blank;      // for blank cells
  std::string kind;                      // own_id, reference: "patient", "encounter" ...
  std::string scope;                     // own_id: what tells its rows from other steps' rows
  std::string kind_column;               // reference: the column that holds the kind instead
};

// Only rows whose `column` is not blank or, where `is` is given, reads exactly so.
struct Condition {
  std::string column;
  std::optional<std::string> is;
};

struct Step {
  std::size_t source = 0;
  const CommandShape* command = nullptr;
  std::size_t occurrence = 0;  // how many earlier steps send this command from this source
  std::vector<FieldRule> rules;
  std::optional<Condition> when;
  std::string once_per;  // column: only the first row for each of its texts
  std::string key;       // column: its text names what this row creates, for later references
  std::string turn;      // column: the key of the thing in whose turn the row is sent
};

// Of the rows of `source` that fulfil `when`, one a text of `of` may be open at a time. See
// turns.h.
struct TurnRule {
  std::size_t source = 0;
  std::string key;
  std::string of;
  Condition when;
};

struct Source {
  std::string name;
  std::string file;  // matched against the base names of the files given; its ending may differ
  RowSourceOptions reading;
  std::vector<std::string> drop;    // identifiers: never read, their loss is reported
  std::vector<std::string> ignore;  // not identifiers, and not wanted
  // Each a list of names that one column may have: column = ["dob", "Date of Birth"].
  std::vector<std::vector<std::string>> aliases;
};

struct Mapping {
  std::string dataset;  // keeps the pseudonyms of different sources apart
  int reference_year = 0;
  std::vector<std::string> blanks;  // texts that mean "nothing here", beside the empty one
  std::vector<Source> sources;
  std::vector<Step> steps;  // in the order in which they run
  std::optional<TurnRule> turns;

  bool fulfils(const Condition& condition, std::string_view text) const;
  bool is_blank(std::string_view text) const;  // `text` without white space around it
};

struct MappingError {
  std::string message;  // "maps/x.toml:12:3: ..."
};

// Checks everything that can be known without the data: commands, fields, kinds, formats.
Result<Mapping, MappingError> parse_mapping(std::string_view toml, const std::string& name);
Result<Mapping, MappingError> load_mapping(const std::string& path);

}  // namespace pim::data
