// The seam for planted bugs: negative controls that a test run must catch. The shipped program
// links planted_none.cc, in which every bug is off and cannot be turned on; only the test binary
// (pim-planted) links planted_env.cc, which reads PIM_PLANTED_BUG once.
#pragma once

namespace pim::store {

enum class Bug {
  ack_early,        // the spine replies before the batch is durable
  skip_sync,        // the engine does not sync
  reopen_in_place,  // after a failed fsync the engine trusts the page cache
  lost_dedupe,      // receipts are not looked at
  ignore_fence,     // owner and epoch are not checked
  projection_skip,  // the projector drops an event now and then
  drop_user,        // an event is stored without its user
};

bool planted(Bug bug);

}  // namespace pim::store
