#include "spine/stream_cache.h"

#include <gtest/gtest.h>

#include "spine/requests_testing.h"

namespace pim::spine {
namespace {

TEST(StreamCache, EvictsTheLeastRecentlyUsed) {
  StreamCache cache(2);
  for (unsigned n = 1; n <= 2; ++n) cache.unpin(cache.add(patient(n)));
  StreamEntry& first = *cache.find(patient(1));
  cache.pin(first);
  cache.unpin(first);  // used again
  cache.unpin(cache.add(patient(3)));
  EXPECT_NE(cache.find(patient(1)), nullptr);
  EXPECT_EQ(cache.find(patient(2)), nullptr);
  EXPECT_NE(cache.find(patient(3)), nullptr);
  EXPECT_EQ(cache.evictions(), 1U);
}

TEST(StreamCache, NeverEvictsWhatIsPinned) {
  StreamCache cache(1);
  StreamEntry& first = cache.add(patient(1));
  StreamEntry& second = cache.add(patient(2));
  EXPECT_EQ(cache.size(), 2U);
  cache.unpin(first);
  EXPECT_EQ(cache.size(), 1U);
  EXPECT_EQ(cache.find(patient(2)), &second);
}

TEST(StreamCache, RemovesPinnedAndIdleEntriesAlike) {
  StreamCache cache(5);
  StreamEntry& pinned = cache.add(patient(1));
  StreamEntry& idle = cache.add(patient(2));
  cache.unpin(idle);
  cache.remove(pinned);
  cache.remove(idle);
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(cache.evictions(), 0U);
}

}  // namespace
}  // namespace pim::spine
