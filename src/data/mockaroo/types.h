// Mockaroo's types: how their options are read, and how a value is made.
//
// Values that would identify someone are nobody's: names are coined, numbers are from ranges that
// are never issued, addresses of mail and net are reserved ones.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "data/mockaroo/draw.h"
#include "data/mockaroo/prepared.h"
#include "data/mockaroo/value.h"
#include "domain/result.h"

namespace pim::data::mockaroo {

// What a type may ask of the row.
class CellMaker {
 public:
  virtual ~CellMaker() = default;
  virtual std::uint64_t row() const = 0;                  // from 0
  virtual std::uint64_t position() const = 0;             // within its array; else the row
  virtual Draw& draw() = 0;                               // this cell's own
  virtual Draw shared(std::string_view topic) const = 0;  // of the row: the same for all columns
  virtual Result<Value, std::string> run(const Formula& formula) = 0;
  virtual Result<Value, std::string> column(const std::string& name) = 0;
  virtual Result<Value, std::string> dataset_cell(const PreparedColumn& column) = 0;
  virtual Result<Value, std::string> json_array(const PreparedColumn& column) = 0;
};

class Options;
using Made = Result<Value, std::string>;

struct TypeInfo {
  std::string_view name;
  void (*prepare)(Options& options, PreparedColumn& into);  // nullptr: it has no options
  Made (*make)(const PreparedColumn& column, CellMaker& cell);
};

// nullptr where pim cannot make it.
const TypeInfo* find_type(std::string_view name);
// Numbers, lists, dates, formulas: what a schema itself says.
std::span<const TypeInfo> plain_types();
// People, places, addresses: coined.
std::span<const TypeInfo> coined_types();
// Firms, work, wares, countries: coined, or what every list of them has.
std::span<const TypeInfo> common_types();
// Codes of health care, and who provides it.
std::span<const TypeInfo> health_types();
// Whether Mockaroo has such a type, be it known here or not.
bool is_mockaroo_type(std::string_view name);

}  // namespace pim::data::mockaroo
