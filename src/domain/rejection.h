// The catalogue of domain rejections: each has a stable type, a title and a status class.
// docs/errors.md lists them; a test keeps the two alike.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/decide.h"

namespace pim {

enum class RejectionClass {
  conflict,   // 409: true now, maybe not later; leaves a receipt
  not_found,  // 404: the stream, encounter, child or line does not exist
};

struct RejectionInfo {
  std::string_view type;
  RejectionClass status_class;
  std::string_view title;   // one sentence, no parameters
  std::string_view remedy;  // what the caller can do
};

std::span<const RejectionInfo> rejection_catalogue();
const RejectionInfo* find_rejection(std::string_view type);

// The message for people, with the parameters in it.
std::string rejection_detail(const Rejection& rejection);

}  // namespace pim
