// The commonest U.S. names, as the Census Bureau and the Social Security Administration publish
// them (works of the U.S. government).
#pragma once

#include <cstdint>

namespace pim::data::privacy {

struct NameKind {
  bool given = false;
  bool surname = false;
  bool ordinary =
      false;  // also a word, a place or a product: says something beside another name only
};

// Of a word_key(). All false: no name of the list. Thread-safe, no allocation.
NameKind name_kind(std::uint64_t word);

}  // namespace pim::data::privacy
