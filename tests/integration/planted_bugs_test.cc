// Negative controls of `pim load check` and its companions: a short drive against a server that is
// wrong on purpose, for each bug; and the same drive against one that is not.
//
// Bugs that only a kill or a loss of power brings out have theirs in tests/crash and src/store.
#include <algorithm>
#include <memory>

#include "drive.h"
#include "lab.h"

namespace pim::integration {
namespace {

// What finds a bug.
enum class Finder { check, verify, reconstruct };

struct Control {
  const char* bug;
  Finder finder;
  const char* finding;  // of the check
};

class PlantedBugsTest : public Lab, public testing::WithParamInterface<Control> {
 protected:
  // Drives a server with `bug` (empty: none), and ends it.
  void drive(const std::string& bug) {
    std::vector<std::string> environment;
    if (!bug.empty()) environment.push_back("PIM_PLANTED_BUG=" + bug);
    serve({}, {}, PIM_PLANTED, environment);
    ASSERT_FALSE(HasFatalFailure());
    Drive drive({server().port(), path("history.bin"), token("loadgen"), token("operator")});
    drive.run();
    EXPECT_EQ(stop_server(), 0);
    ASSERT_EQ(pim({"audit", "export", "--data", data(), "--output", path("export.jsonl")}).exit, 0);
  }
  ProgramRun check() {
    return pim({"load", "check", "--history", path("history.bin"), "--export", path("export.jsonl"),
                "--json"});
  }
  ProgramRun verify() { return pim({"audit", "verify", "--data", data()}); }
  ProgramRun reconstruct() { return pim({"audit", "reconstruct", "--all", "--data", data()}); }
};

TEST_F(PlantedBugsTest, WithoutABugEverythingHoldsAndWasLookedAt) {
  ASSERT_NO_FATAL_FAILURE(drive(""));
  const auto checked = check();
  EXPECT_EQ(checked.exit, 0) << checked.out << checked.err;
  for (const auto* count : {"acknowledged", "refused", "replays", "reads", "promised_reads",
                            "compared_reads", "references", "receipts"}) {
    EXPECT_GE(std::atoi(json_text(checked.out, count).c_str()), 4) << count << checked.out;
  }
  EXPECT_EQ(verify().exit, 0);
  EXPECT_EQ(reconstruct().exit, 0);
}

TEST_P(PlantedBugsTest, IsFound) {
  const Control& control = GetParam();
  ASSERT_NO_FATAL_FAILURE(drive(control.bug));
  const auto checked = check();
  switch (control.finder) {
    case Finder::check: {
      EXPECT_EQ(checked.exit, 1) << checked.err;
      const auto violations = json_text(checked.out, "violations");
      EXPECT_NE(json_text(violations, control.finding), "0") << checked.out;
      EXPECT_NE(json_text(violations, control.finding), "") << checked.out;
      break;
    }
    case Finder::verify:
      EXPECT_EQ(verify().exit, 1);
      break;
    case Finder::reconstruct:
      EXPECT_EQ(reconstruct().exit, 1);
      break;
  }
}

// An event in the bucket beside its own leaves a gap that no read model can pass.
TEST_F(PlantedBugsTest, AGapEndsAReconstructionWithItsReason) {
  ASSERT_NO_FATAL_FAILURE(drive("wrong-bucket"));
  const auto run = reconstruct();
  EXPECT_EQ(run.exit, 3) << run.out;
  EXPECT_NE(run.err.find("pim audit verify says where"), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(Controls, PlantedBugsTest,
                         testing::Values(Control{"drop-user", Finder::check, "unnamed"},
                                         Control{"drop-request", Finder::check, "unnamed"},
                                         Control{"wrong-user", Finder::check, "phantom"},
                                         Control{"wrong-bucket", Finder::check, "misplaced"},
                                         Control{"skip-event", Finder::check, "lost"},
                                         Control{"skip-version", Finder::check, "gap"},
                                         Control{"reorder-commit", Finder::check, "reordered"},
                                         Control{"double-apply", Finder::check, "duplicated"},
                                         Control{"altered-event", Finder::verify, ""},
                                         Control{"lost-receipt", Finder::check, "unreceipted"},
                                         Control{"early-rejection", Finder::check, "baseless"},
                                         Control{"ack-rejected", Finder::check, "lost"},
                                         Control{"refuse-accepted", Finder::check, "phantom"},
                                         Control{"other-replay", Finder::check, "contradicted"},
                                         Control{"reuse-key", Finder::check, "contradicted"},
                                         Control{"ignore-if-match", Finder::check,
                                                 "stale-accepted"},
                                         Control{"inactive-provider", Finder::check, "inactive"},
                                         Control{"altered-row", Finder::check, "read-differs"},
                                         Control{"altered-row", Finder::reconstruct, ""},
                                         Control{"stale-read", Finder::check, "stale-read"},
                                         Control{"read-back", Finder::check, "went-back"},
                                         Control{"read-ahead", Finder::check, "read-ahead"},
                                         Control{"projection-skip", Finder::check, "stale-read"},
                                         Control{"projection-skip", Finder::reconstruct, ""}),
                         [](const testing::TestParamInfo<Control>& control) {
                           std::string name = control.param.bug;
                           std::ranges::replace(name, '-', '_');
                           if (control.param.finder == Finder::reconstruct)
                             name += "_by_reconstruct";
                           return name;
                         });

}  // namespace
}  // namespace pim::integration
