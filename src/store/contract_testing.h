// The contract of EventStore as tests that any engine must pass. In an engine's own test file:
//
//   INSTANTIATE_TEST_SUITE_P(MyEngine, EventStoreContract,
//                            testing::Values(Engine{"plain", make}), engine_name);
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "store/event_store.h"

namespace pim::store {

// A store under test, alone in its world.
class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  virtual EventStore& store() = 0;
  // A simulated engine does a piece of work; one with threads of its own returns false.
  virtual bool step() { return false; }
};

struct Engine {
  std::string name;  // letters and digits
  std::function<std::unique_ptr<StoreHarness>()> make;
};
std::string engine_name(const testing::TestParamInfo<Engine>& info);

class EventStoreContract : public testing::TestWithParam<Engine> {
 protected:
  EventStoreContract();
  ~EventStoreContract() override;

  EventStore& store() { return harness_->store(); }
  bool step() { return harness_->step(); }

  // Each submits, and waits for the completion (at most 60 s).
  BatchResult append(std::vector<Append> batch);
  StoreResult<StreamHistory> load(StreamId stream);
  StoreResult<std::vector<Receipt>> find(const std::string& user, const std::string& request,
                                         StreamId routing_id);
  StoreResult<void> recover();

  // For one append that must commit.
  Receipt commit(Append one);

  BucketHead head(BucketId bucket);
  // Every bucket's chain, positions and versions; empty where all hold.
  std::string chain_problems();

  template <class T>
  T await(std::future<T> future);

 private:
  std::unique_ptr<StoreHarness> harness_;
};

}  // namespace pim::store
