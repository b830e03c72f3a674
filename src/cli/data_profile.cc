#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/data.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "data/profile/profile.h"
#include "data/tables.h"
#include "load/report/markup.h"
#include "load/report/svg_plot.h"

namespace pim::cli {
namespace {

using load::report::escape_markup;
using load::report::Hue;

struct ProfileCommand {
  std::vector<std::string> paths;
  std::string html;
  bool check = false;
  bool json = false;
};

// A directory stands for the tables' files in it.
std::vector<std::string> files_of(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  std::error_code ignored;
  for (const auto& path : paths) {
    if (!fs::is_directory(path, ignored)) {
      files.push_back(path);
      continue;
    }
    for (const auto& table : data::all_tables()) {
      for (const char* ending : {".csv", ".tsv", ".jsonl", ".json", ".sql"}) {
        const auto file = fs::path(path) / (std::string(table.name) + ending);
        if (!fs::exists(file, ignored)) continue;
        files.push_back(file.string());
        break;
      }
    }
  }
  return files;
}

std::string plot_of(const data::profile::Curve& curve) {
  load::report::Plot plot;
  plot.title = curve.name;
  plot.x_label = "share of all that is at most this";
  plot.log_y = true;
  const auto line = [&](const char* name, Hue hue, const auto& points) {
    load::report::Series series{name, hue, {}};
    for (const auto& [p, value] : points) series.points.push_back({p, value});
    plot.series.push_back(std::move(series));
  };
  line("measured", Hue::blue, curve.measured);
  line("reference", Hue::red, curve.reference);
  return load::report::to_svg(plot);
}

std::string plot_of(const data::profile::Bars& bars) {
  load::report::Plot plot;
  plot.title = bars.name;
  plot.y_label = "%";
  plot.shape = load::report::Shape::bars;
  plot.x_ticks = load::report::ticks_of(bars.labels);
  load::report::Series series{"share", Hue::blue, {}};
  for (std::size_t i = 0; i < bars.percent.size(); ++i) {
    series.points.push_back({static_cast<double>(i), bars.percent[i]});
  }
  plot.series.push_back(std::move(series));
  return load::report::to_svg(plot);
}

std::string figure(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

std::string to_html(const data::profile::Profile& profile) {
  std::string out = "<h1>Profile</h1>";
  const auto verdict = profile.verdict();
  out += verdict == data::profile::Verdict::realistic ? "<p class=\"banner good\">"
                                                      : "<p class=\"banner bad\">";
  out += escape_markup(data::profile::to_sentence(profile)) + "</p>";
  out += "<table><tr><th></th><th></th><th>reference</th><th>measured</th><th>distance</th></tr>";
  for (const auto& each : profile.comparisons) {
    out += each.held && !each.within() ? "<tr class=\"bad\"><td>" : "<tr><td>";
    out += escape_markup(each.name) + "</td><td>" + escape_markup(each.statistic) + "</td><td>" +
           figure(each.reference) + "</td><td>" + figure(each.measured) + "</td><td>" +
           (std::isfinite(each.distance_percent) ? figure(each.distance_percent) + " %" : "any") +
           "</td><td>" + escape_markup(each.exception) + "</td></tr>";
  }
  out += "</table>";
  for (const auto& curve : profile.curves) out += plot_of(curve);
  for (const auto& bars : profile.bars) out += plot_of(bars);
  return load::report::html_page("Profile", out);
}

int profile_data(const ProfileCommand& command) {
  Progress progress("profile");
  const auto profile = data::profile::profile_files(
      files_of(command.paths), [&](const std::string& file, std::uint64_t rows) {
        progress.update(0, 0, file + ": " + std::to_string(rows) + " rows");
      });
  if (!profile) {
    return fail(profile.error().unreadable ? kEnvironment : kUsage, profile.error().message);
  }
  if (!command.html.empty() && !write_file_atomically(command.html, to_html(*profile))) {
    return fail(kEnvironment, "cannot write " + command.html);
  }
  const auto text = command.json ? to_json(*profile) + "\n" : to_text(*profile);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (!command.check) return kOk;
  switch (profile->verdict()) {
    case data::profile::Verdict::realistic:
      return kOk;
    case data::profile::Verdict::off:
      return kClaimFailed;
    case data::profile::Verdict::too_few:
      break;
  }
  return kInconclusive;
}

}  // namespace

void add_data_profile(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "profile", "Distributions of the tables' files, beside a published reference");
  command->footer(
      "Example:\n"
      "  pim data profile --check --html profile.html seven\n"
      "Exit code, with --check: 1 where p50, p90 or a share is off by more than 10 %, 4 where "
      "there are\n"
      "too few rows to judge them all; docs/data.md says how many it takes.");
  auto options = std::make_shared<ProfileCommand>();
  command
      ->add_option("FILE", options->paths, "Files named after their tables, or a directory of them")
      ->required();
  command->add_option("--html", options->html, "A page with plots, too");
  command->add_flag("--check", options->check, "Fail where it is not realistic");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return profile_data(*options); }; });
}

}  // namespace pim::cli
