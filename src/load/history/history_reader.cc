#include "load/history/history_reader.h"

#include <xxhash.h>

#include <fstream>
#include <utility>
#include <vector>

#include "domain/ids_text.h"
#include "load/history/codec.h"

namespace pim::load {
namespace {

using namespace history_format;

Uuid uuid_of(std::string_view bytes) {
  Uuid id;
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

Position take_position(Cursor& cursor) {
  Position position;
  position.bucket = static_cast<std::uint16_t>(cursor.number());
  position.epoch = cursor.number();
  position.position = cursor.number();
  return position;
}

}  // namespace

struct HistoryReader::State {
  std::string path;
  std::ifstream in;
  std::uint64_t offset = kHeaderBytes;  // of the block after this one
  UtcMillis started_at;
  std::string block;
  Cursor cursor;
  std::vector<std::string> names = {""};
  std::string request_id;
  std::uint64_t calls = 0;
  std::int64_t last_at = 0;
  bool sealed = false;

  std::string damage(std::string_view what) const {
    return path + ": damaged at byte " + std::to_string(offset) + ": " + std::string(what);
  }
  // False at the end, or where the last block is torn.
  Result<bool, std::string> next_block() {
    std::string header(kBlockHeaderBytes, '\0');
    in.read(header.data(), kBlockHeaderBytes);
    if (in.gcount() < static_cast<std::streamsize>(kBlockHeaderBytes)) return false;
    Cursor fields(header);
    const auto length = fields.fixed<std::uint32_t>();
    const auto checksum = fields.fixed<std::uint64_t>();
    if (length == 0 || length > kMaxBlockBytes) return Err{damage("no block begins there")};
    block.resize(length);
    in.read(block.data(), length);
    if (in.gcount() < static_cast<std::streamsize>(length)) return false;
    if (XXH3_64bits(block.data(), block.size()) != checksum) {
      if (in.peek() == std::ifstream::traits_type::eof()) return false;
      return Err{damage("the checksum of a block does not match")};
    }
    cursor = Cursor(block);
    offset += kBlockHeaderBytes + length;
    return true;
  }
  std::chrono::nanoseconds take_time() {
    last_at += cursor.signed_number();
    return std::chrono::nanoseconds(last_at);
  }
  Name take_name() {
    const auto name = cursor.number();
    is_sound = is_sound && name < names.size();
    return static_cast<Name>(name);
  }
  void take_invoke(HistoryRecord& record) {
    Invocation& call = record.invocation;
    record.call = ++calls;
    record.is_invoke = true;
    call = {};
    const unsigned flags = cursor.byte();
    call.kind = (flags & kRead) != 0 ? CallKind::read : CallKind::command;
    call.at = take_time();
    call.client = static_cast<std::uint32_t>(cursor.number());
    call.operation = take_name();
    call.user = take_name();
    if ((flags & kUuidRequest) != 0) {
      request_id.clear();
      append_uuid(request_id, uuid_of(cursor.bytes(16)));
    } else {
      request_id = cursor.text();
    }
    call.request_id = request_id;
    if ((flags & kHasStream) != 0) call.stream = uuid_of(cursor.bytes(16));
    call.fingerprint = cursor.fixed<std::uint64_t>();
    if ((flags & kHasExpected) != 0) call.expected = cursor.number();
    if ((flags & kHasMinPosition) != 0) call.min_position = take_position(cursor);
    if ((flags & kIsRetry) != 0) call.attempt = static_cast<std::uint16_t>(cursor.number());
  }
  void take_complete(HistoryRecord& record) {
    Completion& answer = record.completion;
    record.is_invoke = false;
    answer = {};
    const unsigned flags = cursor.byte();
    answer.outcome = static_cast<CallOutcome>(flags & kOutcomeBits);
    answer.replayed = (flags & kReplayed) != 0;
    record.call = calls - cursor.number();
    answer.at = take_time();
    answer.status = static_cast<std::uint16_t>(cursor.number());
    if ((flags & kHasVersion) != 0) answer.version = cursor.number();
    if ((flags & kHasPosition) != 0) answer.position = take_position(cursor);
    if ((flags & kHasProblem) != 0) answer.problem = take_name();
    if ((flags & kHasAnswer) != 0) answer.answer = cursor.fixed<std::uint64_t>();
    is_sound = is_sound && answer.outcome <= CallOutcome::info;
  }
  bool is_sound = true;
};

Result<HistoryReader, std::string> HistoryReader::open(const std::string& file) {
  auto state = std::make_unique<State>();
  state->path = file;
  state->in.open(file, std::ios::binary);
  if (!state->in) return Err{"cannot read " + file};
  std::string header(kHeaderBytes, '\0');
  state->in.read(header.data(), kHeaderBytes);
  if (state->in.gcount() != static_cast<std::streamsize>(kHeaderBytes) ||
      !header.starts_with(kMagic)) {
    return Err{file + ": not a history (docs/formats/history.md)"};
  }
  Cursor cursor(std::string_view(header).substr(kMagic.size()));
  const auto version = cursor.fixed<std::uint32_t>();
  if (version != kVersion) {
    return Err{file + ": a history of format " + std::to_string(version) +
               "; this program reads format " + std::to_string(kVersion)};
  }
  cursor.fixed<std::uint32_t>();
  state->started_at = UtcMillis{static_cast<std::int64_t>(cursor.fixed<std::uint64_t>())};
  return HistoryReader(std::move(state));
}

HistoryReader::HistoryReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
HistoryReader::HistoryReader(HistoryReader&&) noexcept = default;
HistoryReader::~HistoryReader() = default;

Result<bool, std::string> HistoryReader::next(HistoryRecord& record) {
  State& state = *state_;
  while (true) {
    if (state.cursor.at_end()) {
      auto more = state.next_block();
      if (!more || !*more) return more;
    }
    const auto tag = static_cast<Tag>(state.cursor.byte());
    state.sealed = tag == Tag::seal && state.cursor.number() == state.calls;
    if (tag == Tag::name) {
      state.names.emplace_back(state.cursor.text());
    } else if (tag == Tag::invoke) {
      state.take_invoke(record);
    } else if (tag == Tag::complete) {
      state.take_complete(record);
    }
    const bool is_call = tag == Tag::invoke || tag == Tag::complete;
    const bool is_known = is_call || tag == Tag::name || state.sealed;
    const bool is_sound = state.cursor.ok() && state.is_sound &&
                          (!is_call || (record.call >= 1 && record.call <= state.calls));
    if (!is_known || !is_sound) return Err{state.damage("a record before it is none")};
    if (is_call) return true;
  }
}

std::string_view HistoryReader::text(Name name) const {
  return name < state_->names.size() ? std::string_view(state_->names[name]) : std::string_view();
}
UtcMillis HistoryReader::started_at() const { return state_->started_at; }
bool HistoryReader::sealed() const { return state_->sealed; }

}  // namespace pim::load
