// The request headers that mean something here, found in one pass. Each may stand once; a
// traceparent that stands twice is as good as none.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "api/http.h"

namespace pim::api {

enum class KnownHeader : std::uint8_t {
  authorization,
  content_type,
  traceparent,
  idempotency_key,
  if_match,
  pim_tenant,
  pim_purpose,
  pim_deadline_ms,
  pim_min_position,
  x_request_id,
};
inline constexpr auto kKnownHeaderNames = std::to_array<std::string_view>(
    {"authorization", "content-type", "traceparent", "idempotency-key", "if-match", "pim-tenant",
     "pim-purpose", "pim-deadline-ms", "pim-min-position", "x-request-id"});

class KnownHeaders {
 public:
  KnownHeaders() = default;
  explicit KnownHeaders(const std::vector<Header>& headers);

  bool has(KnownHeader header) const { return (present_ & bit(header)) != 0; }
  // Empty where it is absent.
  std::string_view operator[](KnownHeader header) const {
    return values_[static_cast<std::size_t>(header)];
  }
  // The name of one that stands twice; empty where none does.
  std::string_view repeated() const { return repeated_; }

 private:
  static constexpr unsigned bit(KnownHeader header) { return 1U << static_cast<unsigned>(header); }

  std::array<std::string_view, kKnownHeaderNames.size()> values_{};
  unsigned present_ = 0;
  std::string_view repeated_;
};

}  // namespace pim::api
