#include "routing/bucket.h"

#include <xxhash.h>

namespace pim {

BucketId bucket_of(const Uuid& routing_id) {
  const auto hash = XXH3_64bits(routing_id.bytes.data(), routing_id.bytes.size());
  return BucketId{static_cast<std::uint16_t>(hash >> 52)};
}

}  // namespace pim
