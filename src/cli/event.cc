#include "telemetry/event.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/version.h"
#include "cli/command.h"
#include "data/privacy/text_scan.h"
#include "domain/ids.h"
#include "domain/result.h"
#include "telemetry/current_span.h"
#include "telemetry/otlp_logs.h"

namespace pim::cli {
namespace {

using telemetry::Attribute;
using telemetry::EventName;

constexpr std::size_t kMostFields = 16;
constexpr std::size_t kLongestKey = 64;
constexpr std::size_t kLongestFieldValue = 200;
constexpr std::string_view kNoTime = "a time must be as 2026-11-28T09:30:00Z";

struct EventOptions {
  std::string name;
  std::string endpoint;
  std::vector<std::string> fields;  // key=value
  std::string from;                 // RFC 3339; empty: now
  std::string to;                   // empty: it has no end
};

bool is_key(std::string_view key) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto more = [&](char c) {
    return lower(c) || (c >= '0' && c <= '9') || c == '_' || c == '.';
  };
  return !key.empty() && key.size() <= kLongestKey && lower(key.front()) &&
         std::ranges::all_of(key, more);
}

// Keys that records carry anyway.
bool is_taken(std::string_view key) {
  return key == "event.name" || key == "level" || key == "sampled" || key == "pim.from" ||
         key == "pim.to";
}

// A UUID anywhere in it: patients have them for ids.
bool has_uuid(std::string_view text) {
  constexpr std::size_t kUuid = 36;
  for (std::size_t at = 0; at + kUuid <= text.size(); ++at) {
    if (Uuid::parse(text.substr(at, kUuid))) return true;
  }
  return false;
}

// What a value must not be; empty: it may pass. Never the value itself.
std::string wrong_with(std::string_view value) {
  if (value.size() > kLongestFieldValue) {
    return "is longer than " + std::to_string(kLongestFieldValue) + " bytes";
  }
  if (has_uuid(value)) return "has a UUID in it, which may be a patient's";
  std::vector<data::privacy::TextHit> hits;
  data::privacy::scan_text(value, data::privacy::TextRules::all(), hits);
  if (hits.empty()) return {};
  return "looks like somebody's (" + std::string(data::privacy::info(hits.front().rule).id) + ")";
}

// The attributes' keys are views into `fields`.
Result<std::vector<Attribute>, std::string> read_fields(const std::vector<std::string>& fields) {
  if (fields.size() > kMostFields) {
    return Err{"at most " + std::to_string(kMostFields) + " fields"};
  }
  std::vector<Attribute> attributes;
  for (const std::string_view field : fields) {
    const auto equals = field.find('=');
    const auto key = field.substr(0, equals);
    if (equals == std::string_view::npos || !is_key(key) || is_taken(key)) {
      return Err{std::string(
          "--field must be key=value, the key of a-z, 0-9, _ and ., and none of our own")};
    }
    const auto value = field.substr(equals + 1);
    if (const auto wrong = wrong_with(value); !wrong.empty()) {
      return Err{"the value of " + std::string(key) + " " + wrong};
    }
    attributes.push_back({key, std::string(value)});
  }
  return attributes;
}

std::string in_words(const std::vector<std::string>& fields) {
  std::string words;
  for (const auto& field : fields) {
    if (!words.empty()) words += ' ';
    words += field;
  }
  return words;
}

telemetry::WallTime wall(UtcMillis time) {
  return telemetry::WallTime(std::chrono::milliseconds(time.value));
}

int send_event(EventOptions options) {
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  const auto name = telemetry::parse_event_name(options.name);
  if (!name || *name == EventName::domain_event) {
    return fail(kUsage, "the event must be pim.deploy, pim.fault or pim.alert");
  }
  auto attributes = read_fields(options.fields);
  if (!attributes) return fail(kUsage, attributes.error());

  auto time = std::chrono::system_clock::now();
  if (!options.from.empty()) {
    const auto from = UtcMillis::parse(options.from);
    if (!from) return fail(kUsage, kNoTime);
    attributes->push_back({"pim.from", from->to_string()});
    time = wall(*from);
  }
  if (!options.to.empty()) {
    const auto to = UtcMillis::parse(options.to);
    if (!to) return fail(kUsage, kNoTime);
    attributes->push_back({"pim.to", to->to_string()});
  }

  const auto exporter =
      telemetry::otlp_log_exporter(options.endpoint, {.service_name = "pim-cli",
                                                      .service_version = std::string(api::kVersion),
                                                      .instance_id = std::to_string(::getpid())});
  std::vector<telemetry::LogRecord> one{
      telemetry::event(*name, time, in_words(options.fields), std::move(*attributes))};
  one.front().trace = telemetry::current_span();  // the command's
  if (!exporter->send(one)) {
    return fail(kEnvironment, "the event was not delivered to " + options.endpoint);
  }
  return kOk;
}

}  // namespace

void add_event(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand(
      "event", "Put a deploy, a fault or an alert on record, for dashboards to annotate by");
  command->footer(
      "Example:\n"
      "  pim event pim.fault --otlp-endpoint http://127.0.0.1:4318 \\\n"
      "    --field kind=kill --field shard=2 --from 2026-11-28T09:30:00Z --to "
      "2026-11-28T09:30:12Z\n\n"
      "Values that look like an identifier of somebody's (addresses and UUIDs too) are refused.");
  auto options = std::make_shared<EventOptions>();
  command->add_option("name", options->name, "pim.deploy, pim.fault or pim.alert")->required();
  command->add_option("--otlp-endpoint", options->endpoint, "OpenTelemetry Collector")
      ->envname("PIM_OTLP_ENDPOINT")
      ->required();
  command->add_option("--field", options->fields, "key=value; may be repeated");
  command->add_option("--from", options->from, "When it began, RFC 3339 (default: now)");
  command->add_option("--to", options->to, "When it ended");
  command->callback([&action, options] { action = [options] { return send_event(*options); }; });
}

}  // namespace pim::cli
