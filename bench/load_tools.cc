#include "load_tools.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "load/child_process.h"
#include "pauses.h"

namespace pim::bench {
namespace {

using std::chrono::nanoseconds;

// After its time, for replies that are late and for a summary.
constexpr auto kGrace = std::chrono::seconds(60);

// `--latency` prints no p99.9; a script of its own may ask for any.
constexpr const char* kWrkScript = R"(
function done(summary, latency, requests)
  local ms = function(p) return latency:percentile(p) / 1000 end
  io.write(string.format("figures %.3f %.3f %.3f %.3f %.3f %d 0\n",
    ms(50), ms(90), ms(99), ms(99.9), latency.max / 1000, summary.requests))
end
)";

constexpr const char* kK6Script = R"(
import http from 'k6/http';
export const options = {
  scenarios: {
    truth: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.RATE), timeUnit: '1s', duration: __ENV.DURATION,
      preAllocatedVUs: Number(__ENV.VUS), maxVUs: Number(__ENV.VUS),
      gracefulStop: '30s',
    },
  },
  discardResponseBodies: true,
  summaryTrendStats: ['med', 'p(90)', 'p(99)', 'p(99.9)', 'max'],
};
export default function () { http.get(__ENV.URL); }
export function handleSummary(data) {
  const v = data.metrics.http_req_duration.values;
  const dropped = data.metrics.dropped_iterations;
  const figures = ['med', 'p(90)', 'p(99)', 'p(99.9)', 'max'].map((name) => v[name]);
  return { stdout: ['figures', ...figures, data.metrics.http_reqs.values.count,
                    dropped ? dropped.values.count : 0].join(' ') + '\n' };
}
)";

std::string url_of(const ToolRun& run) {
  return "http://127.0.0.1:" + std::to_string(run.port) + "/";
}

std::string write_script(const ToolRun& run, const std::string& name, const char* text) {
  std::string file = run.directory + "/" + name;
  std::ofstream(file, std::ios::trunc) << text;
  return file;
}

// What it printed, once it has ended well.
Result<std::string, std::string> output_of(const ToolRun& run, std::vector<std::string> arguments,
                                           std::vector<std::string> environment = {}) {
  const std::string name = arguments[0];
  const std::string out = run.directory + "/" + name + ".out";
  const std::string err = run.directory + "/" + name + ".err";
  std::filesystem::remove(out);
  std::filesystem::remove(err);
  const auto text_of = [](const std::string& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  };
  const auto exit = load::run_child({std::move(arguments), std::move(environment), out, err},
                                    run.duration + kGrace);
  if (!exit) return Err{exit.error()};
  if (!exit->clean()) return Err{name + " ended with " + exit->to_string() + ": " + text_of(err)};
  return text_of(out);
}

Result<ToolFigures, std::string> named(const std::string& tool,
                                       Result<ToolFigures, std::string> figures) {
  if (!figures) return Err{tool + ": " + figures.error()};
  return figures;
}

}  // namespace

bool installed(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::error_code ignored;
    const auto status =
        std::filesystem::status(std::filesystem::path(directory) / program, ignored);
    if (std::filesystem::is_regular_file(status)) return true;
  }
  return false;
}

Result<ToolFigures, std::string> run_hey(const ToolRun& run) {
  const auto output =
      output_of(run, {"hey", "-z", std::to_string(run.duration.count()) + "s", "-c",
                      std::to_string(run.connections), "-q",
                      std::to_string(run.rate / static_cast<double>(run.connections)), "-t", "60",
                      "-o", "csv", url_of(run)});
  if (!output) return Err{output.error()};
  return named("hey", parse_hey_csv(*output));
}

Result<ToolFigures, std::string> run_wrk(const ToolRun& run) {
  const auto output =
      output_of(run, {"wrk", "-t", "1", "-c", std::to_string(run.connections), "-d",
                      std::to_string(run.duration.count()) + "s", "--timeout", "60s", "-s",
                      write_script(run, "figures.lua", kWrkScript), url_of(run)});
  if (!output) return Err{output.error()};
  return named("wrk", parse_figures(*output));
}

Result<ToolFigures, std::string> run_k6(const ToolRun& run) {
  // No report to its makers, no port of its own, nothing fetched.
  const auto output =
      output_of(run,
                {"k6", "run", "--quiet", "--no-usage-report", "--address", "",
                 write_script(run, "truth.js", kK6Script)},
                {"URL=" + url_of(run), "RATE=" + std::to_string(run.rate),
                 "DURATION=" + std::to_string(run.duration.count()) + "s",
                 "VUS=" + std::to_string(run.connections), "K6_AUTO_EXTENSION_RESOLUTION=false"});
  if (!output) return Err{output.error()};
  return named("k6", parse_figures(*output));
}

Result<ToolFigures, std::string> parse_figures(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string word;
    if (!(fields >> word) || word != "figures") continue;
    ToolFigures figures;
    for (double& value : figures.milliseconds) fields >> value;
    if (fields >> figures.requests >> figures.dropped) return figures;
    return Err{"a line of figures that is not whole: " + line};
  }
  return Err{std::string("no line of figures in its output")};
}

Result<ToolFigures, std::string> parse_hey_csv(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  if (!std::getline(lines, line) || !line.starts_with("response-time,")) {
    return Err{std::string("its output is not its CSV")};
  }
  std::vector<nanoseconds> latencies;
  while (std::getline(lines, line)) {
    if (line.empty()) continue;
    double seconds = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + line.size(), seconds);
    // response-time, DNS+dialup, DNS, Request-write, Response-delay, Response-read, status-code
    std::size_t status = 0;
    for (int comma = 0; comma < 6 && status != std::string::npos; ++comma) {
      status = line.find(',', comma == 0 ? 0 : status + 1);
    }
    if (parsed.ec != std::errc{} || *parsed.ptr != ',' || !std::isfinite(seconds) ||
        status == std::string::npos || line.compare(status, 5, ",200,") != 0) {
      return Err{"a request that was not answered 200: " + line};
    }
    latencies.emplace_back(std::llround(seconds * 1e9));
  }
  if (latencies.empty()) return Err{std::string("no request in its output")};
  std::sort(latencies.begin(), latencies.end());
  ToolFigures figures;
  figures.requests = latencies.size();
  for (std::size_t i = 0; i < kPercents.size(); ++i) {
    figures.milliseconds[i] =
        std::chrono::duration<double, std::milli>(percentile_of(latencies, kPercents[i])).count();
  }
  return figures;
}

}  // namespace pim::bench
