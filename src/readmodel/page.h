// Pages: bounded by rows and by bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "domain/ids.h"
#include "readmodel/read_model.h"

namespace pim::readmodel {

struct PageBounds {
  std::uint32_t rows = 0;
  std::size_t bytes = 0;
};

// Encounters on a page of a chart that nobody sized.
inline constexpr std::uint32_t kChartRows = 20;

// A page that nobody sized stays below 4 KiB with what surrounds it (one item is always given); one
// that somebody did, below 512 KiB.
PageBounds bounds_of(const PageRequest& request, std::uint32_t default_rows);

// Where a list of encounters, newest admission first, goes on: after this one. The default is
// before all of them.
struct EncounterPlace {
  static constexpr Uuid kLastId{{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}};
  std::int64_t admitted_at = std::numeric_limits<std::int64_t>::max();
  EncounterId encounter{kLastId};
  PatientId patient{kLastId};
};

class PageBuilder {
 public:
  explicit PageBuilder(PageBounds bounds) : bounds_(bounds) {}

  // False where the page has to end before `item`.
  bool add(std::string_view item);
  // The same for `{"<name>":"<id>",` in front of the fields of `object`.
  bool add_with_id(std::string_view name, const Uuid& id, std::string_view object);
  bool full() const { return rows_ >= bounds_.rows; }
  Page finish(std::string next_cursor) &&;

 private:
  bool begin_item(std::size_t bytes);

  PageBounds bounds_;
  std::string items_ = "[";
  std::uint32_t rows_ = 0;
};

// `object` with one more text field at its end; `value` needs no escaping.
std::string with_field(std::string_view object, std::string_view name, std::string_view value);

}  // namespace pim::readmodel
