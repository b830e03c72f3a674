#include "api/known_headers.h"

#include "api/ascii.h"

namespace pim::api {

KnownHeaders::KnownHeaders(const std::vector<Header>& headers) {
  for (const Header& header : headers) {
    for (std::size_t i = 0; i < kKnownHeaderNames.size(); ++i) {
      if (!equals_ignoring_case(header.name, kKnownHeaderNames[i])) continue;
      const auto known = static_cast<KnownHeader>(i);
      const bool again = has(known);
      present_ |= bit(known);
      values_[i] = header.value;
      if (again && known == KnownHeader::traceparent) {
        values_[i] = {};  // two callers are none; that must not cost the request
      } else if (again) {
        repeated_ = kKnownHeaderNames[i];
      }
      break;
    }
  }
}

}  // namespace pim::api
