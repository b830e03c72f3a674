#include "telemetry/profile_receiver_testing.h"

#include <chrono>

namespace pim::telemetry {

void ProfileReceiver::take(const std::string& head, const std::string& body) {
  if (!head.starts_with("POST ")) return;
  const std::lock_guard lock(mutex_);
  profiles_.push_back({head.substr(5, head.find(' ', 5) - 5), body});
  changed_.notify_all();
}

std::vector<ReceivedProfile> ProfileReceiver::wait_for(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return profiles_.size() >= count; });
  return profiles_;
}

}  // namespace pim::telemetry
