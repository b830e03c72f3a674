// Any bytes are a text to the privacy check: no crash, and no hit outside the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "data/privacy/identifiers.h"
#include "data/privacy/text_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pim::data::privacy;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::vector<TextHit> hits;
  for (const auto rules : {TextRules::all(), kRulesForNumbers, kRulesForImports}) {
    scan_text(text, rules, hits);
    for (const auto& hit : hits) {
      if (hit.size == 0 || hit.at > size || hit.size > size - hit.at) std::abort();
    }
  }
  (void)looks_like_identifier(text);
  return 0;
}
