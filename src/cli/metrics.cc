#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "api/metric_names.h"
#include "cli/command.h"

namespace pim::cli {
namespace {

int print_metrics(bool markdown) {
  if (markdown) {
    std::fputs(api::metrics::metric_tables().c_str(), stdout);
    return kOk;
  }
  for (const auto& section : api::metrics::kSections) {
    for (const auto* info : section.metrics) {
      std::puts(api::metrics::queried_name(*info).c_str());
    }
  }
  return kOk;
}

}  // namespace

void add_metrics(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("metrics", "Names of the metrics that pim serve shows");
  command->footer("Example:\n  pim metrics --markdown");
  auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "As tables, with type, unit, labels and meaning");
  command->callback(
      [&action, markdown] { action = [markdown] { return print_metrics(*markdown); }; });
}

}  // namespace pim::cli
