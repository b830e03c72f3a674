// The rules of persisted events: the closed list of types and fields, the closed form of each
// value, and the text rules in every string.
#pragma once

#include <string>
#include <string_view>

#include "data/privacy/report.h"
#include "data/privacy/text_check.h"
#include "domain/ids.h"
#include "domain/json_read.h"

namespace pim::data::privacy {

// What is looked at of an event; the user who caused it is not: that is a member of staff, and who
// it was is what an audit is for.
struct EventView {
  std::string_view type;
  std::string_view data;        // JSON
  std::string_view reason;      // empty where it has none
  std::string_view request_id;  // its client's choice
  UtcMillis recorded_at;
  std::string where;  // for the report: `bucket 17 position 42`
};

// Not thread-safe.
class EventCheck {
 public:
  explicit EventCheck(Report& report) : report_(report), texts_(report) {}  // outlives the check

  void check(const EventView& event);
  void finish() { texts_.finish(); }

 private:
  using Element = json::Reader::Element;

  // Whether a text rule found something in any string of it. `sound`: every value is of its form.
  bool check_strings(Element element, bool sound, const EventView& event, std::string_view detail);
  void check_age(Element root, const EventView& event);

  Report& report_;
  TextCheck texts_;
  json::Document document_;
};

}  // namespace pim::data::privacy
