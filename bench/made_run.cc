#include "made_run.h"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <utility>
#include <vector>

#include "domain/ids_text.h"
#include "load/dice.h"
#include "load/history/history.h"
#include "load/history/rows.h"

namespace pim::bench {
namespace {

using load::Completion;
using load::Invocation;

constexpr std::int64_t kStartMs = 1'767'225'600'000;  // 2026-01-01
constexpr std::uint64_t kEventsAStream = 50;
constexpr std::size_t kUnderWay = 256;
constexpr std::uint32_t kProviders = 100;
constexpr std::uint64_t kNsAnOperation = 100'000;

Uuid id_of(std::uint64_t kind, std::uint64_t number) {
  load::Dice dice(7, kind, number);
  const auto high = dice.next();
  return uuid_v7(kStartMs + static_cast<std::int64_t>(number / 10), high, dice.next());
}
Uuid stream_id(std::uint64_t stream) { return id_of(1, stream); }
Uuid request_id(std::uint64_t command) { return id_of(2, command); }

// What command n of the run was.
struct MadeEvent {
  std::uint32_t stream = 0;
  std::uint32_t version = 0;
  std::uint64_t command = 0;
};

std::uint64_t fingerprint_of(std::uint64_t command) { return load::Dice(7, 3, command).next() | 1; }

class ExportWriter {
 public:
  explicit ExportWriter(const std::string& file) : file_(std::fopen(file.c_str(), "wb")) {}
  ~ExportWriter() {
    if (file_ != nullptr) std::fclose(file_);
  }
  ExportWriter(const ExportWriter&) = delete;
  ExportWriter& operator=(const ExportWriter&) = delete;

  bool is_open() const { return file_ != nullptr; }
  // As src/audit/store_record.cc writes them.
  void event(const Uuid& stream, const MadeEvent& event, std::uint16_t bucket,
             std::uint64_t position, bool is_patient) {
    const bool refers = is_patient && event.command % 10 == 0;
    begin("event",
          refers       ? "procedure-recorded"
          : is_patient ? "charge-added"
                       : "provider-registered",
          stream, event.command, is_patient);
    line_ += R"(,"outcome":"success","event_id":")";
    append_uuid(line_, id_of(4, event.command));
    number("version", event.version, '"');
    number("bucket", bucket);
    number("position", position);
    number("schema_version", 1);
    if (refers) {
      line_ += R"(,"provider":")";
      append_uuid(line_, stream_id(event.command / 10 % kProviders));
      number("provider_version", 1, '"');
    }
    line_ +=
        R"(,"prev_hash":")" + digest(event.command) + R"(","hash":")" + digest(event.command + 1);
    end();
  }
  void receipt(const Uuid& stream, const MadeEvent& event, std::uint16_t bucket,
               std::uint64_t position, bool is_patient) {
    begin("receipt", is_patient ? "add-charge" : "register-provider", stream, event.command,
          is_patient);
    line_ += R"(,"outcome":"success")";
    number("status", 201);
    number("version", event.version);
    number("bucket", bucket);
    number("first_position", position);
    number("last_position", position);
    number("epoch", 1);
    line_ += R"(,"fingerprint":")" + digest(fingerprint_of(event.command));
    end();
  }
  bool close() {
    const bool written = std::ferror(file_) == 0;
    return std::fclose(std::exchange(file_, nullptr)) == 0 && written;
  }

 private:
  void begin(const char* kind, const char* what, const Uuid& stream, std::uint64_t command,
             bool is_patient) {
    line_ = R"({"kind":")";
    line_ += kind;
    line_ += R"(","at":"2026-01-01T00:00:00.000Z","who":"loadgen-user","role":"loadgen",)"
             R"("tenant":"north-health","what":")";
    line_ += what;
    if (is_patient) {
      line_ += R"(","patient":")";
      append_uuid(line_, stream);
    }
    line_ += R"(","stream":")";
    append_uuid(line_, stream);
    line_ += R"(","request_id":")";
    append_uuid(line_, request_id(command));
    line_ += R"(","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7")";
  }
  void number(const char* name, std::uint64_t value, char before = ',') {
    if (before == '"') line_ += '"';
    line_ += ",\"";
    line_ += name;
    line_ += "\":" + std::to_string(value);
  }
  void end() {
    line_ += "\"}\n";
    std::fwrite(line_.data(), 1, line_.size(), file_);
  }
  static std::string digest(std::uint64_t prefix) {
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(prefix));
    return text + std::string(48, 'a');
  }

  std::FILE* file_;
  std::string line_;
};

// Clients that write and read, and a server that answers some time later.
class Clients {
 public:
  Clients(load::HistoryWriter& history, std::uint64_t streams)
      : history_(history), versions_(streams, 0), positions_(4096, 0) {
    buckets_.reserve(streams);
    for (std::uint64_t i = 0; i < streams; ++i) {
      buckets_.push_back(load::bucket_of_key(load::stream_key(stream_id(i))));
    }
    user_ = history.intern("loadgen-user");
    write_ = history.intern("add-charge");
    read_ = history.intern("get-patient");
  }

  void command(std::uint32_t stream) {
    const std::uint64_t number = events_.size();
    events_.push_back({stream, ++versions_[stream], number});
    const Completion answer = accepted(stream, ++positions_[buckets_[stream]]);
    send(invocation(stream, number), answer);
    if (number % 50 != 0) return;
    Completion again = answer;
    again.replayed = true;
    send(invocation(stream, number), again);
  }
  void read(std::uint32_t stream, std::uint32_t client) {
    Invocation call;
    call.kind = load::CallKind::read;
    call.client = client;
    call.operation = read_;
    call.user = user_;
    call.stream = stream_id(stream);
    call.fingerprint = fingerprint_of(stream);
    call.min_position = {buckets_[stream], 1, positions_[buckets_[stream]]};
    Completion answer;
    answer.outcome = load::CallOutcome::ok;
    answer.status = 200;
    answer.version = versions_[stream];
    answer.answer = answer.version * 31 + stream;
    send(call, answer);
  }
  // The oldest answers come.
  void settle(std::size_t left) {
    for (; under_way_.size() > left; under_way_.pop_front()) {
      auto& [call, answer] = under_way_.front();
      answer.at = now();
      history_.complete(call, answer);
    }
  }

  std::uint64_t calls() const { return calls_; }
  const std::vector<MadeEvent>& events() const { return events_; }
  std::uint16_t bucket(std::uint32_t stream) const { return buckets_[stream]; }

 private:
  Invocation invocation(std::uint32_t stream, std::uint64_t number) {
    id_.clear();
    append_uuid(id_, request_id(number));
    Invocation call;
    call.operation = write_;
    call.user = user_;
    call.request_id = id_;
    call.stream = stream_id(stream);
    call.fingerprint = fingerprint_of(number);
    return call;
  }
  Completion accepted(std::uint32_t stream, std::uint64_t position) const {
    Completion answer;
    answer.outcome = load::CallOutcome::ok;
    answer.status = 201;
    answer.version = versions_[stream];
    answer.position = {buckets_[stream], 1, position};
    answer.answer = position * 17 + stream;
    return answer;
  }
  void send(Invocation call, const Completion& answer) {
    call.at = now();
    ++calls_;
    under_way_.emplace_back(history_.invoke(call), answer);
    settle(kUnderWay);
  }
  std::chrono::nanoseconds now() const {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(calls_ * kNsAnOperation));
  }

  load::HistoryWriter& history_;
  std::vector<std::uint32_t> versions_;
  std::vector<std::uint64_t> positions_;
  std::vector<std::uint16_t> buckets_;
  std::vector<MadeEvent> events_;
  std::deque<std::pair<std::uint64_t, Completion>> under_way_;
  std::string id_;
  load::Name user_ = 0;
  load::Name write_ = 0;
  load::Name read_ = 0;
  std::uint64_t calls_ = 0;
};

Result<void, std::string> write_export(const Clients& clients, const std::string& file) {
  ExportWriter out(file);
  if (!out.is_open()) return Err{"cannot write " + file};
  const auto& events = clients.events();
  // By bucket, each in the order of the commands: a counting sort.
  std::vector<std::uint64_t> starts(4097, 0);
  for (const auto& event : events) ++starts[clients.bucket(event.stream) + 1U];
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<std::uint32_t> order(events.size());
  auto next = starts;
  std::vector<std::uint32_t> positions(events.size());
  for (const auto& event : events) {
    const auto bucket = clients.bucket(event.stream);
    const auto place = next[bucket]++;
    order[place] = static_cast<std::uint32_t>(event.command);
    positions[event.command] = static_cast<std::uint32_t>(place - starts[bucket] + 1);
  }
  const auto is_patient = [](const MadeEvent& event) { return event.stream >= kProviders; };
  for (const auto number : order) {
    const MadeEvent& event = events[number];
    out.event(stream_id(event.stream), event, clients.bucket(event.stream), positions[number],
              is_patient(event));
  }
  for (const MadeEvent& event : events) {
    out.receipt(stream_id(event.stream), event, clients.bucket(event.stream),
                positions[event.command], is_patient(event));
  }
  if (!out.close()) return Err{"cannot write " + file};
  return {};
}

}  // namespace

Result<std::uint64_t, std::string> make_run(std::uint64_t operations, unsigned reads_percent,
                                            const std::string& history_file,
                                            const std::string& export_file) {
  auto history = load::HistoryWriter::create(history_file);
  if (!history) return Err{std::move(history.error())};
  const std::uint64_t commands = operations * (100 - reads_percent) / 100;
  const std::uint64_t streams =
      kProviders + std::max<std::uint64_t>(100, commands / kEventsAStream);
  Clients clients(*history, streams);
  for (std::uint32_t i = 0; i < kProviders; ++i) clients.command(i);
  clients.settle(0);
  load::Dice dice(11, 0, 0);
  while (clients.calls() < operations) {
    const auto stream = static_cast<std::uint32_t>(kProviders + dice.below(streams - kProviders));
    if (dice.below(100) < reads_percent) {
      clients.read(stream, static_cast<std::uint32_t>(dice.below(200)));
    } else {
      clients.command(stream);
    }
  }
  clients.settle(0);
  if (auto sealed = history->seal(); !sealed) return Err{std::move(sealed.error())};
  if (auto done = write_export(clients, export_file); !done) return Err{std::move(done.error())};
  return std::uint64_t{clients.events().size()};
}

}  // namespace pim::bench
