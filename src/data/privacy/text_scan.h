// The text rules, on any string: a cell of a file, a field of an event, a log line, an attribute of
// a span.
//
//   std::vector<TextHit> hits;
//   scan_text("call 614-555-0199", TextRules::all(), hits);
//
// Foreign data are asked by form alone: kRulesForImports, or rules.by_form().
//
// One pass, in time linear in the text. `hits` is cleared first and then kept by the caller, so
// that nothing is allocated where nothing is found. Takes any bytes; text is read as UTF-8.
// Thread-safe. What the rules cannot see is in docs/privacy.md.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "data/privacy/rules.h"

namespace pim::data::privacy {

struct TextHit {
  Rule rule = Rule::ssn;
  std::size_t at = 0;  // in bytes; never quote what stands there
  std::size_t size = 0;
};

void scan_text(std::string_view text, TextRules rules, std::vector<TextHit>& hits);

}  // namespace pim::data::privacy
