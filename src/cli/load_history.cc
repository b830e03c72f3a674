#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "cli/json_object.h"
#include "cli/load.h"
#include "load/history/history_reader.h"

namespace pim::cli {
namespace {

using load::HistoryReader;
using load::HistoryRecord;

struct HistoryCommand {
  std::string file;
  bool json = false;
};

double seconds_of(std::chrono::nanoseconds at) { return std::chrono::duration<double>(at).count(); }

std::string hex_of(std::uint64_t fingerprint) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(fingerprint));
  return text;
}

std::string invoke_json(const HistoryRecord& record, const HistoryReader& reader) {
  const auto& call = record.invocation;
  JsonObject line;
  line.add("op", "invoke").add("call", record.call).add("at", seconds_of(call.at));
  line.add("kind", to_string(call.kind)).add("operation", reader.text(call.operation));
  line.add("client", call.client).add("user_id", reader.text(call.user));
  line.add("request_id", call.request_id).add("attempt", call.attempt);
  if (!call.stream.is_nil()) line.add("stream", call.stream.to_string());
  if (call.expected != 0) line.add("expected_version", call.expected);
  if (call.min_position.position != 0) line.add("min_position", call.min_position.to_string());
  return line.add("fingerprint", hex_of(call.fingerprint)).str();
}

std::string complete_json(const HistoryRecord& record, const HistoryReader& reader) {
  const auto& answer = record.completion;
  JsonObject line;
  line.add("op", to_string(answer.outcome)).add("call", record.call);
  line.add("at", seconds_of(answer.at)).add("status", answer.status);
  if (answer.version != 0) line.add("version", answer.version);
  if (answer.position.position != 0) line.add("position", answer.position.to_string());
  if (answer.replayed) line.add("replayed", true);
  if (answer.problem != 0) line.add("problem", reader.text(answer.problem));
  if (answer.answer != 0) line.add("answer", hex_of(answer.answer));
  return line.str();
}

struct HistoryCounts {
  std::uint64_t calls = 0;
  std::uint64_t reads = 0;
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t info = 0;

  void add(const HistoryRecord& record) {
    using load::CallOutcome;
    if (record.is_invoke) {
      ++calls;
      if (record.invocation.kind == load::CallKind::read) ++reads;
    } else {
      ++(record.completion.outcome == CallOutcome::ok     ? ok
         : record.completion.outcome == CallOutcome::fail ? fail
                                                          : info);
    }
  }
};

int show_history(const HistoryCommand& command) {
  auto reader = HistoryReader::open(command.file);
  if (!reader) return fail(kEnvironment, reader.error());
  HistoryCounts counts;
  HistoryRecord record;
  while (true) {
    const auto more = reader->next(record);
    if (!more) return fail(kEnvironment, more.error());
    if (!*more) break;
    counts.add(record);
    if (!command.json) continue;
    std::puts(
        (record.is_invoke ? invoke_json(record, *reader) : complete_json(record, *reader)).c_str());
  }
  if (command.json) return kOk;
  const auto n = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf(
      "%llu calls, %llu of them reads, from %s: %llu ok, %llu fail, %llu info, %llu without an "
      "answer; %s\n",
      n(counts.calls), n(counts.reads), reader->started_at().to_string().c_str(), n(counts.ok),
      n(counts.fail), n(counts.info), n(counts.calls - counts.ok - counts.fail - counts.info),
      reader->sealed() ? "whole" : "not sealed: its writer was killed, or writes yet");
  return kOk;
}

}  // namespace

void add_load_history(CLI::App& load, Action& action) {
  auto* command = load.add_subcommand("history", "What a history of calls holds");
  command->footer(
      "Example:\n"
      "  pim load history history.bin\n"
      "  pim load history history.bin --json | grep 018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10\n"
      "docs/formats/history.md says what each field is.");
  auto options = std::make_shared<HistoryCommand>();
  command->add_option("FILE", options->file, "The history")->required()->check(CLI::ExistingFile);
  command->add_flag("--json", options->json, "Every record, as JSON Lines");
  command->callback([&action, options] { action = [options] { return show_history(*options); }; });
}

}  // namespace pim::cli
