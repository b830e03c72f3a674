#include "load/history/finding_text.h"

#include <simdjson.h>

#include <cstdio>
#include <map>

#include "load/history/history_reader.h"

namespace pim::load {
namespace {

std::string seconds(std::chrono::nanoseconds at) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f s", std::chrono::duration<double>(at).count());
  return text;
}

std::string text_of(const HistoryReader& reader, const Invocation& call) {
  std::string text = call.kind == CallKind::read ? "read" : "request";
  if (!call.request_id.empty()) text.append(" ").append(call.request_id);
  text.append(" of ").append(reader.text(call.user)).append(" (");
  text.append(reader.text(call.operation)).append(", bucket ");
  text += std::to_string(bucket_of_key(stream_key(call.stream)));
  return text + ", sent at " + seconds(call.at) + ", ";
}

std::string text_of(const HistoryReader& reader, const Completion& answer) {
  if (answer.status == 0) return "without an answer at " + seconds(answer.at) + ")";
  std::string text = "answered " + std::to_string(answer.status);
  if (answer.problem != 0) text.append(" ").append(reader.text(answer.problem));
  return text + " at " + seconds(answer.at) + ")";
}

// Of each call that a finding names.
Result<std::map<std::uint64_t, std::string>, std::string> call_texts(
    const std::vector<Finding>& findings, const std::string& history_file) {
  std::map<std::uint64_t, std::string> texts;
  for (const Finding& each : findings) {
    texts[each.call];
    texts[each.other];
  }
  texts.erase(0);
  if (texts.empty()) return texts;
  auto reader = HistoryReader::open(history_file);
  if (!reader) return Err{std::move(reader.error())};
  HistoryRecord record;
  while (true) {
    auto more = reader->next(record);
    if (!more) return Err{std::move(more.error())};
    if (!*more) break;
    const auto found = texts.find(record.call);
    if (found == texts.end()) continue;
    found->second += record.is_invoke ? text_of(*reader, record.invocation)
                                      : text_of(*reader, record.completion);
  }
  for (auto& [call, text] : texts) {
    if (!text.ends_with(')')) text += "never answered)";
  }
  return texts;
}

std::string event_text(const std::string& line) {
  simdjson::dom::parser parser;
  simdjson::dom::element record;
  if (parser.parse(line).get(record) != simdjson::SUCCESS) return "an event";
  const auto text = [&record](const char* name) {
    std::string_view value;
    return record[name].get(value) == simdjson::SUCCESS ? std::string(value) : std::string("-");
  };
  const auto number = [&record](const char* name) {
    std::uint64_t value = 0;
    return record[name].get(value) == simdjson::SUCCESS ? std::to_string(value) : std::string("-");
  };
  return "event " + text("what") + " at bucket " + number("bucket") + " position " +
         number("position") + " (request " + text("request_id") + " of " + text("who") +
         ", recorded at " + text("at") + ")";
}

}  // namespace

Result<std::vector<std::string>, std::string> finding_texts(const std::vector<Finding>& findings,
                                                            const std::string& history_file,
                                                            const ExportFile& stored) {
  const auto calls = call_texts(findings, history_file);
  if (!calls) return Err{calls.error()};
  std::vector<std::string> texts;
  for (const Finding& each : findings) {
    std::string text(to_string(each.violation));
    text += ": ";
    text += each.call != 0 ? calls->at(each.call) : event_text(stored.line(each.line));
    text += ": " + each.what;
    if (each.other != 0) text += "; the other is " + calls->at(each.other);
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace pim::load
