// A temporary directory for a test's processes, and what may not be left of them.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "chaos/fault.h"
#include "load/temporary_directory_testing.h"

namespace pim::chaos {

// What names `directory` anywhere on this machine, or is of a dead process of ours: processes,
// mounts of any namespace, control groups. One line each.
std::vector<std::string> traces_of(const std::string& directory);

// Fails, where what a fault leaves is not gone within seconds.
class Scratch : public testing::Test {
 protected:
  void TearDown() override;
  std::string path(const std::string& name) const { return directory_.path(name); }
  const std::string& directory() const { return directory_.path(); }

 private:
  load::TemporaryDirectory directory_;
};

// False: this machine lacks what the fault needs. That is a reason to skip a test, unless
// PIM_FAULTS_REQUIRED is set.
bool can_run(const FaultResult& injected);

#define PIM_INJECT(fault)                                   \
  do {                                                      \
    const auto injected = (fault).inject();                 \
    if (!::pim::chaos::can_run(injected)) {                 \
      GTEST_SKIP() << injected.error().message;             \
    }                                                       \
    ASSERT_TRUE(injected.ok()) << injected.error().message; \
  } while (false)

}  // namespace pim::chaos
