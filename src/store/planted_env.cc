#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "store/planted_testing.h"

namespace pim::store {
namespace {

struct Name {
  std::string_view text;
  Bug bug;
};
constexpr Name kNames[] = {
    {"ack-early", Bug::ack_early},
    {"skip-sync", Bug::skip_sync},
    {"reopen-in-place", Bug::reopen_in_place},
    {"lost-dedupe", Bug::lost_dedupe},
    {"ignore-fence", Bug::ignore_fence},
    {"projection-skip", Bug::projection_skip},
    {"drop-user", Bug::drop_user},
    {"drop-request", Bug::drop_request},
    {"wrong-user", Bug::wrong_user},
    {"wrong-bucket", Bug::wrong_bucket},
    {"skip-event", Bug::skip_event},
    {"skip-version", Bug::skip_version},
    {"reorder-commit", Bug::reorder_commit},
    {"double-apply", Bug::double_apply},
    {"altered-event", Bug::altered_event},
    {"lost-receipt", Bug::lost_receipt},
    {"early-rejection", Bug::early_rejection},
    {"ack-rejected", Bug::ack_rejected},
    {"refuse-accepted", Bug::refuse_accepted},
    {"other-replay", Bug::other_replay},
    {"reuse-key", Bug::reuse_key},
    {"ignore-if-match", Bug::ignore_if_match},
    {"inactive-provider", Bug::inactive_provider},
    {"altered-row", Bug::altered_row},
    {"stale-read", Bug::stale_read},
    {"read-back", Bug::read_back},
    {"read-ahead", Bug::read_ahead},
    {"slow-commit", Bug::slow_commit},
};
constexpr int kNone = -1;

int selected() {
  const char* wanted = std::getenv("PIM_PLANTED_BUG");
  if (wanted == nullptr || *wanted == '\0') return kNone;
  for (const Name& name : kNames) {
    if (name.text == wanted) return static_cast<int>(name.bug);
  }
  std::fprintf(stderr, "PIM_PLANTED_BUG: no bug is called '%s'; known:", wanted);
  for (const Name& name : kNames) std::fprintf(stderr, " %s", std::string(name.text).c_str());
  std::fputc('\n', stderr);
  std::exit(2);
}

std::atomic<int>& chosen() {
  static std::atomic<int> bug{selected()};
  return bug;
}

}  // namespace

bool planted(Bug bug, unsigned every) {
  if (chosen().load(std::memory_order_relaxed) != static_cast<int>(bug)) return false;
  static std::atomic<unsigned> asked{0};
  return every == 1 || ++asked % every == 0;
}

void plant(std::optional<Bug> bug) {
  chosen().store(bug ? static_cast<int>(*bug) : kNone, std::memory_order_relaxed);
}

}  // namespace pim::store
