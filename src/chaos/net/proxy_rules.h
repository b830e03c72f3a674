// What a fault proxy does to the bytes that pass it: the rules in force.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "chaos/every_so_many.h"
#include "chaos/instrument/instrument.h"

namespace pim::chaos {

enum class Way : std::uint8_t { to_server, to_client };

// What is to happen to some bytes of one direction.
struct Passage {
  std::chrono::nanoseconds delay{0};
  double bytes_per_second = 0;  // 0: as many as go
  bool reset = false;           // the connection, both ways
};

// Thread-safe.
class ProxyRules final : public Instrument {
 public:
  // `changed` is called after each change, by the thread that made it.
  explicit ProxyRules(std::function<void()> changed) : changed_(std::move(changed)) {}

  Result<RuleId, std::string> add(std::string_view kind, const ParameterTexts& texts) override;
  void remove(RuleId rule) override;
  std::uint64_t hits(RuleId rule) override;

  // Of bytes that have just come.
  Passage passage(Way way);
  // Whether bytes of this direction stay where they are. `newly`: they did not before, which is a
  // hit where they do now.
  bool is_held(Way way, bool newly);
  // Whether a connection is to be reset, which is a hit then.
  bool is_cut();

 private:
  struct Rule {
    std::string kind;
    std::string direction = "both";
    std::chrono::nanoseconds delay{0};
    std::chrono::nanoseconds jitter{0};
    double bytes_per_second = 0;
    EverySoMany share{0};
    std::uint32_t turns = 0;  // of the jitter
    std::uint64_t hits = 0;

    bool goes(Way way) const {
      return direction == "both" ||
             direction == (way == Way::to_server ? "to-server" : "to-client");
    }
  };

  const std::function<void()> changed_;
  std::mutex mutex_;
  std::map<RuleId, Rule> rules_;  // guarded by mutex_, as below
  RuleId next_ = 1;
};

}  // namespace pim::chaos
