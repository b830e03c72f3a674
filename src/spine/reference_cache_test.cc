#include "spine/reference_cache.h"

#include <gtest/gtest.h>

#include "spine/requests_testing.h"

namespace pim::spine {
namespace {

FoldedStream active_provider(Version version) {
  FoldedStream stream;
  stream.kind = StreamKind::provider;
  stream.tenant = tenant("north");
  stream.version = version;
  stream.state = Provider{};
  return stream;
}

TEST(ReferenceCache, GivesTheFactToItsOwnTenantOnly) {
  ReferenceCache cache;
  EXPECT_FALSE(cache.find(provider(1), StreamKind::provider, tenant("north")));
  cache.put(provider(1), active_provider(3), cache.generation());
  EXPECT_EQ(cache.find(provider(1), StreamKind::provider, tenant("north"))->version, 3U);
  EXPECT_EQ(cache.find(provider(1), StreamKind::provider, tenant("south"))->version, 0U);
  EXPECT_EQ(cache.find(provider(1), StreamKind::facility, tenant("north"))->version, 0U);
}

TEST(ReferenceCache, RemembersAbsence) {
  ReferenceCache cache;
  cache.put(provider(1), FoldedStream{}, cache.generation());
  const auto fact = cache.find(provider(1), StreamKind::provider, tenant("north"));
  ASSERT_TRUE(fact);
  EXPECT_EQ(fact->version, 0U);
}

TEST(ReferenceCache, DropsALoadThatAChangeHasOvertaken) {
  ReferenceCache cache;
  const auto before = cache.generation();
  cache.invalidate(provider(1));
  cache.put(provider(1), active_provider(1), before);
  EXPECT_FALSE(cache.find(provider(1), StreamKind::provider, tenant("north")));
  cache.put(provider(1), active_provider(2), cache.generation());
  EXPECT_EQ(cache.find(provider(1), StreamKind::provider, tenant("north"))->version, 2U);
}

TEST(ReferenceCache, DropsALoadThatBeganBeforeARecovery) {
  ReferenceCache cache;
  cache.put(provider(1), active_provider(1), cache.generation());
  const auto before = cache.generation();
  cache.clear();
  EXPECT_FALSE(cache.find(provider(1), StreamKind::provider, tenant("north")));
  cache.put(provider(1), active_provider(1), before);
  EXPECT_FALSE(cache.find(provider(1), StreamKind::provider, tenant("north")));
}

TEST(ReferenceCache, IsBounded) {
  ReferenceCache cache(2);
  for (unsigned n = 1; n <= 3; ++n) cache.put(provider(n), active_provider(n), cache.generation());
  EXPECT_FALSE(cache.find(provider(1), StreamKind::provider, tenant("north")));
  EXPECT_EQ(cache.find(provider(3), StreamKind::provider, tenant("north"))->version, 3U);
}

}  // namespace
}  // namespace pim::spine
