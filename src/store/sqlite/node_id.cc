#include "store/sqlite/node_id.h"

#include <openssl/rand.h>

#include <array>
#include <chrono>
#include <cstdlib>

namespace pim::store::sqlite {

NodeId new_node_id() {
  std::array<std::uint64_t, 2> random{};
  // Two nodes of one name would defeat the fence.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(random.data()), sizeof random) != 1) std::abort();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return NodeId{uuid_v7(now.count(), random[0], random[1])};
}

}  // namespace pim::store::sqlite
