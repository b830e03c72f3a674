#include "telemetry/log_record.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <type_traits>

namespace pim::telemetry {
namespace {

constexpr std::array<std::string_view, kLevels> kLevelNames = {"debug", "info", "warn", "error"};

std::string timestamp(WallTime time) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[48];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms % 1000));
  return text;
}

void append_quoted(std::string& out, std::string_view text) {
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

// What has a line of its own must not begin another one.
void append_plain(std::string& out, std::string_view text) {
  for (const char c : text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
}

template <class AppendText>
void append_value(std::string& out, const Attribute& attribute, AppendText append_text) {
  std::visit(
      [&](const auto& value) {
        using Value = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, std::string>) {
          append_text(out, value);
        } else if constexpr (std::is_same_v<Value, bool>) {
          out += value ? "true" : "false";
        } else if constexpr (std::is_same_v<Value, double>) {
          char text[32];
          std::snprintf(text, sizeof text, "%.6g", value);
          out += text;
        } else {
          out += std::to_string(value);
        }
      },
      attribute.value);
}

// The bytes of the character that `text` begins with; 0: it is no UTF-8 (RFC 3629).
std::size_t character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xC2 && first <= 0xDF   ? 2
                           : (first & 0xF0U) == 0xE0        ? 3
                           : first >= 0xF0 && first <= 0xF4 ? 4
                                                            : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  const unsigned second = byte(1);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  return overlong || no_character ? 0 : size;
}

void make_text_fit(std::string& text, std::size_t most) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t size = character(std::string_view(text).substr(at));
    if (size == 0) text[at] = '?';
    const std::size_t next = at + (size == 0 ? 1 : size);
    if (next > most) break;
    at = next;
  }
  text.resize(at);
}

}  // namespace

std::string_view to_string(Level level) { return kLevelNames[static_cast<std::size_t>(level)]; }

void make_fit(LogRecord& record) {
  make_text_fit(record.body, kLongestBody);
  for (auto& attribute : record.attributes) {
    if (auto* text = std::get_if<std::string>(&attribute.value)) {
      make_text_fit(*text, kLongestValue);
    }
  }
}

std::string json_line(const LogRecord& record) {
  std::string line = "{\"time\":\"" + timestamp(record.time) + "\",\"level\":\"";
  line += to_string(record.level);
  line += "\",\"message\":";
  append_quoted(line, record.body);
  if (record.trace) {
    line += ",\"trace_id\":\"" + record.trace->trace_hex() + "\",\"span_id\":\"" +
            record.trace->span_hex();
    line += record.trace->sampled ? "\",\"sampled\":true" : "\",\"sampled\":false";
  }
  for (const auto& attribute : record.attributes) {
    line += ',';
    append_quoted(line, attribute.key);
    line += ':';
    append_value(line, attribute, append_quoted);
  }
  return line + "}\n";
}

std::string text_line(const LogRecord& record) {
  std::string line = timestamp(record.time) + ' ';
  line += to_string(record.level);
  line += ' ';
  append_plain(line, record.body);
  for (const auto& attribute : record.attributes) {
    line += ' ';
    line += attribute.key;
    line += '=';
    append_value(line, attribute, append_plain);
  }
  if (record.trace) line += " trace=" + record.trace->trace_hex();
  return line + "\n";
}

}  // namespace pim::telemetry
