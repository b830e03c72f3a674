// A light, steady load of every kind, from one thread: commands over all shards, the queries of the
// read side, each of which sees the write before it, and the audit search.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace pim::stack {

class Traffic {
 public:
  struct Totals {
    std::uint64_t answered = 0;  // 2xx
    std::string refused;         // the first answer that was none of them
  };

  // From now on, against the data port, as a `loadgen` and an `auditor`.
  Traffic(std::uint16_t port, std::string loadgen_token, std::string auditor_token);
  ~Traffic();
  Traffic(const Traffic&) = delete;
  Traffic& operator=(const Traffic&) = delete;

  // Ends it; what it was until then.
  Totals stop();

 private:
  void run(std::uint16_t port, const std::string& loadgen, const std::string& auditor);

  std::atomic<bool> stopping_{false};
  Totals totals_;  // the thread's, until it has ended
  std::thread thread_;
};

}  // namespace pim::stack
