#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <utility>

#include "load/history/codec.h"
#include "load/history/history.h"
#include "load/socket.h"

namespace pim::load {
namespace {

using namespace history_format;

void put_position(std::string& out, const Position& position) {
  put_number(out, position.bucket);
  put_number(out, position.epoch);
  put_number(out, position.position);
}

void put_request_id(std::string& out, std::string_view request_id,
                    const std::optional<Uuid>& uuid) {
  if (uuid) {
    out.append(reinterpret_cast<const char*>(uuid->bytes.data()), uuid->bytes.size());
  } else {
    put_text(out, request_id);
  }
}

}  // namespace

struct HistoryWriter::State {
  std::mutex mutex;
  std::string path;
  Fd file;
  std::chrono::milliseconds flush_interval;
  std::string block = std::string(kBlockHeaderBytes, '\0');
  Clock::time_point block_begun;
  std::map<std::string, Name, std::less<>> names;
  std::uint64_t calls = 0;
  std::int64_t last_at = 0;
  std::string error;  // of the first write that failed

  void put_time(std::chrono::nanoseconds at) {
    put_signed(block, at.count() - std::exchange(last_at, at.count()));
  }
  void write_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto wrote = ::write(file.get(), bytes.data(), bytes.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) {
        error = system_error("write " + path, errno);
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }
  void write_block() {
    const std::string_view payload = std::string_view(block).substr(kBlockHeaderBytes);
    if (payload.empty()) return;
    std::string header;
    put_fixed(header, static_cast<std::uint32_t>(payload.size()));
    put_fixed(header, std::uint64_t{XXH3_64bits(payload.data(), payload.size())});
    block.replace(0, kBlockHeaderBytes, header);
    if (error.empty()) write_all(block);
    block.resize(kBlockHeaderBytes);
  }
  // A record was put.
  void after_record() {
    const auto now = Clock::now();
    if (block.size() >= kBlockBytes || now - block_begun >= flush_interval) {
      write_block();
      block_begun = now;
    }
  }
  Result<void, std::string> result() const {
    if (!error.empty()) return Err{error};
    return {};
  }
};

Result<HistoryWriter, std::string> HistoryWriter::create(const std::string& file,
                                                         const HistoryOptions& options) {
  auto state = std::make_unique<State>();
  state->path = file;
  state->flush_interval = options.flush_interval;
  state->block_begun = Clock::now();
  state->file = Fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!state->file) return Err{system_error("create " + file, errno)};
  std::string header(kMagic);
  put_fixed(header, kVersion);
  put_fixed(header, std::uint32_t{0});
  put_fixed(header, static_cast<std::uint64_t>(options.started_at.value));
  state->write_all(header);
  if (!state->error.empty()) return Err{state->error};
  return HistoryWriter(std::move(state));
}

HistoryWriter::HistoryWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
HistoryWriter::HistoryWriter(HistoryWriter&&) noexcept = default;
HistoryWriter::~HistoryWriter() {
  if (state_) state_->write_block();
}

Name HistoryWriter::intern(std::string_view text) {
  if (text.empty()) return 0;
  const std::lock_guard lock(state_->mutex);
  const auto known = state_->names.find(text);
  if (known != state_->names.end()) return known->second;
  const auto name = static_cast<Name>(state_->names.size() + 1);
  state_->names.emplace(text, name);
  put_byte(state_->block, static_cast<unsigned>(Tag::name));
  put_text(state_->block, text.substr(0, 0xffff));
  return name;
}

std::uint64_t HistoryWriter::invoke(const Invocation& call) {
  auto uuid = call.request_id.size() == 36 ? Uuid::parse(call.request_id) : std::nullopt;
  if (uuid && uuid->to_string() != call.request_id) uuid.reset();
  unsigned flags = 0;
  if (call.kind == CallKind::read) flags |= kRead;
  if (uuid) flags |= kUuidRequest;
  if (!call.stream.is_nil()) flags |= kHasStream;
  if (call.expected != 0) flags |= kHasExpected;
  if (call.min_position.position != 0) flags |= kHasMinPosition;
  if (call.attempt > 1) flags |= kIsRetry;

  const std::lock_guard lock(state_->mutex);
  std::string& out = state_->block;
  put_byte(out, static_cast<unsigned>(Tag::invoke));
  put_byte(out, flags);
  state_->put_time(call.at);
  put_number(out, call.client);
  put_number(out, call.operation);
  put_number(out, call.user);
  put_request_id(out, call.request_id, uuid);
  if ((flags & kHasStream) != 0) {
    out.append(reinterpret_cast<const char*>(call.stream.bytes.data()), call.stream.bytes.size());
  }
  put_fixed(out, call.fingerprint);
  if ((flags & kHasExpected) != 0) put_number(out, call.expected);
  if ((flags & kHasMinPosition) != 0) put_position(out, call.min_position);
  if ((flags & kIsRetry) != 0) put_number(out, call.attempt);
  const std::uint64_t number = ++state_->calls;
  state_->after_record();
  return number;
}

void HistoryWriter::complete(std::uint64_t call, const Completion& answer) {
  unsigned flags = static_cast<unsigned>(answer.outcome);
  if (answer.replayed) flags |= kReplayed;
  if (answer.version != 0) flags |= kHasVersion;
  if (answer.position.position != 0) flags |= kHasPosition;
  if (answer.problem != 0) flags |= kHasProblem;
  if (answer.answer != 0) flags |= kHasAnswer;

  const std::lock_guard lock(state_->mutex);
  std::string& out = state_->block;
  put_byte(out, static_cast<unsigned>(Tag::complete));
  put_byte(out, flags);
  put_number(out, state_->calls - call);
  state_->put_time(answer.at);
  put_number(out, answer.status);
  if ((flags & kHasVersion) != 0) put_number(out, answer.version);
  if ((flags & kHasPosition) != 0) put_position(out, answer.position);
  if ((flags & kHasProblem) != 0) put_number(out, answer.problem);
  if ((flags & kHasAnswer) != 0) put_fixed(out, answer.answer);
  state_->after_record();
}

Result<void, std::string> HistoryWriter::flush() {
  const std::lock_guard lock(state_->mutex);
  state_->write_block();
  return state_->result();
}

Result<void, std::string> HistoryWriter::seal() {
  const std::lock_guard lock(state_->mutex);
  put_byte(state_->block, static_cast<unsigned>(Tag::seal));
  put_number(state_->block, state_->calls);
  state_->write_block();
  return state_->result();
}

}  // namespace pim::load
