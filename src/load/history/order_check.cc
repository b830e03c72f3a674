// Real time: what was known when a request was sent stands before what came of it.
#include <algorithm>

#include "load/history/stream_check.h"

namespace pim::load {

void StreamCheck::check_order(std::span<const CallRow> calls) {
  for (const CallRow& call : calls) {
    const bool tells = call.outcome == CallOutcome::ok || call.status == 412;
    if (tells && call.version != 0) sights_.push_back({call.answered, call.version, call.call});
  }
  std::ranges::sort(sights_, {}, &Sight::known);
  std::ranges::sort(decided_, {}, [](const Decision& each) { return each.first->sent; });
  Sight highest;
  std::size_t next = 0;
  for (const Decision& decision : decided_) {
    for (; next < sights_.size() && sights_[next].known < decision.first->sent; ++next) {
      if (sights_[next].version > highest.version) highest = sights_[next];
    }
    const bool in_order = decision.is_refusal ? decision.version >= highest.version
                                              : decision.version > highest.version;
    if (in_order) continue;
    violation(Violation::reordered, *decision.first,
              std::string(decision.is_refusal ? "it was refused by" : "it got") + " version " +
                  std::to_string(decision.version) + ", although version " +
                  std::to_string(highest.version) + " had been told before it was sent",
              highest.call);
  }
}

}  // namespace pim::load
