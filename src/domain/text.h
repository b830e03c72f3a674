// Short texts that callers choose and that must not become a place for free text.
#pragma once

#include "domain/codes.h"

namespace pim {

// Why something was voided, cancelled, reopened or retired: a code, never prose.
struct ReasonTraits {
  static constexpr std::string_view pattern = "^[a-z][a-z0-9-]{1,39}$";
  static constexpr std::string_view hint = "a reason code such as entered-in-error";
  static std::optional<std::string> normalise(std::string_view raw);
};
// A deployment region such as `us-east`.
struct RegionTraits {
  static constexpr std::string_view pattern = "^[a-z][a-z0-9-]{1,31}$";
  static constexpr std::string_view hint = "a region name such as us-east";
  static std::optional<std::string> normalise(std::string_view raw);
};
// A health system, as tokens carry it.
struct TenantTraits {
  static constexpr std::string_view pattern = "^[a-z][a-z0-9-]{1,31}$";
  static constexpr std::string_view hint = "a tenant name such as north-health";
  static std::optional<std::string> normalise(std::string_view raw);
};

using Reason = Code<ReasonTraits>;
using Region = Code<RegionTraits>;
using TenantId = Code<TenantTraits>;

}  // namespace pim
