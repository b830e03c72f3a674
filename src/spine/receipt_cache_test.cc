#include "spine/receipt_cache.h"

#include <gtest/gtest.h>

#include "spine/requests_testing.h"

namespace pim::spine {
namespace {

store::Receipt receipt(const std::string& user, const std::string& id, StreamId stream) {
  store::Receipt receipt;
  receipt.origin.user_id = user;
  receipt.origin.request_id = id;
  receipt.routing_id = stream;
  receipt.status = 200;
  return receipt;
}

TEST(ReceiptCache, FindsAReceiptByItsWholeKey) {
  ReceiptCache cache(64);
  cache.put(receipt("ann", "r1", patient(1)));
  EXPECT_NE(cache.find({"ann", "r1", patient(1)}), nullptr);
  EXPECT_EQ(cache.find({"bob", "r1", patient(1)}), nullptr);
  EXPECT_EQ(cache.find({"ann", "r2", patient(1)}), nullptr);
  EXPECT_EQ(cache.find({"ann", "r1", patient(2)}), nullptr);
}

TEST(ReceiptCache, ACollisionEvicts) {
  ReceiptCache cache(1);
  EXPECT_EQ(cache.find({"", "", StreamId{}}), nullptr);  // an empty slot is no receipt
  cache.put(receipt("ann", "r1", patient(1)));
  cache.put(receipt("ann", "r2", patient(1)));
  EXPECT_EQ(cache.find({"ann", "r1", patient(1)}), nullptr);
  EXPECT_NE(cache.find({"ann", "r2", patient(1)}), nullptr);
}

}  // namespace
}  // namespace pim::spine
