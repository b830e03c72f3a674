#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <span>

#include "api/metric_names.h"
#include "cli/command.h"
#include "load/run/metric_names.h"

namespace pim::cli {
namespace {

int print_metrics(std::span<const telemetry::MetricSection> sections, bool markdown) {
  if (markdown) {
    std::fputs(telemetry::metric_tables(sections).c_str(), stdout);
    return kOk;
  }
  for (const auto& section : sections) {
    for (const auto* info : section.metrics) std::puts(telemetry::queried_name(*info).c_str());
  }
  return kOk;
}

}  // namespace

void add_metrics(CLI::App& app, Action& action) {
  auto* command =
      app.add_subcommand("metrics", "Names of the metrics that pim serve shows, or pim load run");
  command->footer("Example:\n  pim metrics --markdown");
  auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "As tables, with type, unit, labels and meaning");
  auto load = std::make_shared<bool>(false);
  command->add_flag("--load", *load, "Those of pim load run");
  command->callback([&action, markdown, load] {
    action = [markdown, load] {
      return *load ? print_metrics(load::metrics::kSections, *markdown)
                   : print_metrics(api::metrics::kSections, *markdown);
    };
  });
}

}  // namespace pim::cli
