// The seam for planted bugs: negative controls that a test run must catch. The shipped program
// links planted_none.cc, in which every bug is off and cannot be turned on; only the test binary
// (pim-planted) links planted_env.cc, which reads PIM_PLANTED_BUG once.
#pragma once

namespace pim::store {

// Which check finds each: docs/history-check.md.
enum class Bug {
  ack_early,        // the spine replies before the batch is durable
  skip_sync,        // the engine does not sync
  reopen_in_place,  // after a failed fsync the engine trusts the page cache
  lost_dedupe,      // receipts are not looked at
  ignore_fence,     // owner and epoch are not checked
  projection_skip,  // the projector drops an event now and then
  drop_user,        // an event is stored without its user

  drop_request,       // ... without its request
  wrong_user,         // ... under another user
  wrong_bucket,       // ... in the bucket beside its own
  skip_event,         // ... not at all, now and then
  skip_version,       // ... a version too high, now and then
  reorder_commit,     // two neighbours in a bucket change places
  double_apply,       // a command's event is stored twice, now and then
  altered_event,      // what is stored is not what was hashed
  lost_receipt,       // a receipt is not stored, now and then
  early_rejection,    // a refusal is told, and not made durable
  ack_rejected,       // a refused command is acknowledged
  refuse_accepted,    // an accepted command is refused, now and then
  other_replay,       // a replay tells another version
  reuse_key,          // another request passes under a used key
  ignore_if_match,    // If-Match is not looked at
  inactive_provider,  // a retired provider counts as active
  altered_row,        // the projector writes other facts than the events have
  stale_read,         // Pim-Min-Position is not waited for
  read_back,          // a chart is now and then of the version before
  read_ahead,         // a chart is of a version that nobody committed

  slow_commit,  // every batch takes a third of a second: true, and too late
};

// With `every`: each time that it has been asked so often while the bug is on.
bool planted(Bug bug, unsigned every = 1);

}  // namespace pim::store
