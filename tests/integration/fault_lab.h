// A lab whose server is a unit: faults can be done to it by `pim chaos`, and it is started again.
// What a fault leaves behind fails the test.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chaos/process/command_process.h"
#include "chaos/process/process_id.h"
#include "lab.h"
#include "load/child_process.h"

namespace pim::integration {

using Words = std::vector<std::string>;

struct UnitOptions {
  Words wrapper = {};  // goes before the program: pim chaos disk ..., env NAME=VALUE
  std::string program = PIM_PROGRAM;
  Words extra = {};       // arguments of `serve`
  std::string keys = {};  // further lines of the unit file
  std::string port = "0";
};

class FaultLab : public Lab {
 protected:
  void TearDown() override;

  // Up to readiness, with a unit file that says how.
  void start_unit(const UnitOptions& options = {});
  // On a fault disk, which the unit file names.
  void start_on_fault_disk();
  std::string unit_file() const { return path("unit.toml"); }
  // Of the server that runs now; the test fails where none does.
  chaos::ProcessId process();
  std::uint16_t port() const;
  std::uint16_t admin_port() const;

  // A patient's registration, each its own; 0: no answer in time.
  int post_patient(std::chrono::milliseconds limit = std::chrono::seconds(60));
  load::Response get(const std::string& target);
  // Of a series on /metrics; -1 where it is not there.
  double series(const std::string& name);

  // `pim chaos run KIND --unit ... --json`, to its end.
  ProgramRun fault(const Words& arguments);
  // The same in the background, from the line that says that it has begun. Skips the test where
  // the machine lacks what it needs.
  void begin_fault(const Words& arguments);
  // By that signal to the injector, as Ctrl-C does; its exit code, or minus the signal.
  int end_fault(int signal = 2);
  ProgramRun undo() { return pim({"chaos", "undo", "--state", path("state")}); }

 private:
  Words run_words(const Words& arguments) const;
  // A reason to skip, but in CI.
  static void skip_or_fail(const std::string& why);

  std::shared_ptr<chaos::CommandProcess> unit_;
  std::optional<load::ChildProcess> injector_;
  int patients_ = 0;
};

}  // namespace pim::integration
