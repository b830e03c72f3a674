#include "telemetry/log.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <utility>

namespace pim::telemetry {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"debug", "info", "warn", "error"};
constexpr int kLinesPerSecond = 200;

std::atomic<Level> threshold{Level::info};

std::string timestamp() {
  const auto now = std::chrono::system_clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
  const std::time_t seconds = static_cast<std::time_t>(ms.count() / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms.count() % 1000));
  return text;
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string json_line(Level level, std::string_view message, std::initializer_list<LogField> fields,
                      const TraceContext* trace) {
  std::string line = "{\"time\":\"" + timestamp() + "\",\"level\":\"";
  line += kNames[static_cast<std::size_t>(level)];
  line += "\",\"message\":";
  append_json(line, message);
  if (trace != nullptr) {
    line += ",\"trace_id\":\"" + trace->trace_hex() + "\",\"span_id\":\"" + trace->span_hex();
    line += trace->sampled ? "\",\"sampled\":true" : "\",\"sampled\":false";
  }
  for (const auto& [name, value] : fields) {
    line += ',';
    append_json(line, name);
    line += ':';
    append_json(line, value);
  }
  return line + "}\n";
}

std::string text_line(Level level, std::string_view message, std::initializer_list<LogField> fields,
                      const TraceContext* trace) {
  std::string line = timestamp() + " ";
  line += kNames[static_cast<std::size_t>(level)];
  line += ' ';
  line += message;
  for (const auto& [name, value] : fields) {
    line += ' ';
    line += name;
    line += '=';
    line += value;
  }
  if (trace != nullptr) line += " trace=" + trace->trace_hex();
  return line + "\n";
}

void write_all(std::string_view line) {
  while (!line.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, line.data(), line.size());
    if (n <= 0) return;  // nobody listens: a log must not fail a request
    line.remove_prefix(static_cast<std::size_t>(n));
  }
}

// Lets kLinesPerSecond through in each second, and counts the rest.
class FloodGate {
 public:
  // The number of lines dropped before this one, or -1 where this one is to be dropped too.
  int admit() {
    const std::lock_guard lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - window_ >= std::chrono::seconds(1)) {
      window_ = now;
      lines_ = 0;
    }
    if (++lines_ > kLinesPerSecond) {
      ++dropped_;
      return -1;
    }
    return std::exchange(dropped_, 0);
  }

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point window_{};
  int lines_ = 0;
  int dropped_ = 0;
};

}  // namespace

void set_log_level(Level level) { threshold.store(level, std::memory_order_relaxed); }

void log(Level level, std::string_view message, std::initializer_list<LogField> fields,
         const TraceContext* trace) {
  static FloodGate gate;
  static const bool terminal = ::isatty(STDERR_FILENO) == 1;
  if (level < threshold.load(std::memory_order_relaxed)) return;
  const int dropped = gate.admit();
  if (dropped < 0) return;
  const auto render = terminal ? text_line : json_line;
  if (dropped > 0) {
    write_all(render(Level::warn, "log lines dropped in a flood",
                     {{"dropped", std::to_string(dropped)}}, nullptr));
  }
  write_all(render(level, message, fields, trace));
}

}  // namespace pim::telemetry
