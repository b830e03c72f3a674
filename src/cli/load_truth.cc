#include "cli/load_truth.h"

#include <cstdio>
#include <filesystem>
#include <utility>

#include "cli/audit_tasks.h"
#include "cli/json_object.h"
#include "telemetry/check_report.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

// A copy of a running server's store; goes with this.
class PassingBackup {
 public:
  static Result<PassingBackup, std::string> make(const AdminAccess& admin,
                                                 const std::string& scratch) {
    const auto directory = fs::absolute(scratch + "/backup").string();
    if (fs::exists(directory)) {
      return Err{directory + " is there already: of a check that was ended; remove it"};
    }
    PassingBackup backup(directory);  // from here on: what is there is ours
    JsonObject body;
    body.add("target", directory);
    const auto done = admin_post(admin, "/admin/backup", body.str());
    if (!done) return Err{done.error()};
    return backup;
  }
  ~PassingBackup() {
    std::error_code ignored;
    if (!directory_.empty()) fs::remove_all(directory_, ignored);
  }
  PassingBackup(PassingBackup&& other) noexcept : directory_(std::exchange(other.directory_, {})) {}
  PassingBackup& operator=(PassingBackup&&) = delete;

  const std::string& directory() const { return directory_; }

 private:
  explicit PassingBackup(std::string directory) : directory_(std::move(directory)) {}
  std::string directory_;
};

// The file's name.
Result<std::string, std::string> export_of(const StoreSource& store, const std::string& scratch) {
  const auto file = scratch + "/export.jsonl";
  if (!store.admin.url.empty()) {
    const auto backup = PassingBackup::make(store.admin, scratch);
    if (!backup) return Err{backup.error()};
    const auto lines = export_data(backup->directory(), file);
    if (!lines) return Err{lines.error()};
    return file;
  }
  if (!store.data.empty()) {
    const auto lines = export_data(store.data, file);
    if (!lines) return Err{lines.error()};
    return file;
  }
  return store.exported;
}

}  // namespace

Result<load::CheckReport, std::string> check_truth(const std::string& history,
                                                   const StoreSource& store,
                                                   const std::string& scratch,
                                                   const load::CheckOptions& options) {
  const auto exported = export_of(store, scratch);
  if (!exported) return Err{exported.error()};
  return load::check_history(history, *exported, options);
}

load::report::HistoryTruth truth_of(const load::CheckReport& report) {
  load::report::HistoryTruth truth{report.summary(), {}, {}, report.findings};
  for (const auto& [name, count] : report.counts()) {
    truth.checked.push_back({std::string(name), count});
  }
  for (std::size_t i = 0; i < load::kViolations; ++i) {
    if (report.violations[i] == 0) continue;
    const auto name = to_string(static_cast<load::Violation>(i));
    truth.violations.push_back({std::string(name), report.violations[i]});
  }
  return truth;
}

void tell_truth(const std::string& collector, const load::CheckReport& report) {
  using load::Violation;
  const auto lost = report.count(Violation::lost) + report.count(Violation::duplicated) +
                    report.count(Violation::phantom);
  const auto unexplained = report.count(Violation::unnamed) + report.count(Violation::read_differs);
  for (const auto& found :
       {telemetry::CheckReport{"durability", "load-check", report.acknowledged, lost},
        telemetry::CheckReport{"auditability", "load-check", report.events, unexplained}}) {
    if (telemetry::report_check(collector, found)) continue;
    std::fprintf(stderr, "pim: %s did not take what the check found\n", collector.c_str());
    return;
  }
}

}  // namespace pim::cli
