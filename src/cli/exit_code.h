// What `pim` tells the shell.
#pragma once

namespace pim::cli {

enum ExitCode : int {
  kOk = 0,
  kClaimFailed = 1,   // what was to be shown is not so
  kUsage = 2,         // the command line or an input is wrong
  kEnvironment = 3,   // a file, a port, a server: something around us is missing
  kInconclusive = 4,  // neither shown nor refuted
};

}  // namespace pim::cli
