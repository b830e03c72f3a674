#include <xxhash.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "load/history/gather.h"
#include "load/history/history_reader.h"

namespace pim::load {
namespace {

// The user keys of names, each hashed once.
class UserKeys {
 public:
  std::uint64_t of(Name name, const HistoryReader& reader) {
    if (name >= keys_.size()) keys_.resize(name + 1);
    auto& key = keys_[name];
    if (!key) key = user_key(reader.text(name));
    return *key;
  }
  std::vector<std::uint64_t> all() const {
    std::vector<std::uint64_t> all;
    for (const auto& key : keys_) {
      if (key) all.push_back(*key);
    }
    std::ranges::sort(all);
    return all;
  }

 private:
  std::vector<std::optional<std::uint64_t>> keys_;
};

CallRow row_of(const Invocation& call, std::uint64_t user) {
  CallRow row;
  row.stream = stream_key(call.stream);
  row.request = request_key(user, call.request_id);
  row.fingerprint = call.fingerprint;
  row.expected = call.expected;
  row.min_position = call.min_position.position;
  row.min_bucket = call.min_position.bucket;
  row.client = call.client;
  row.kind = call.kind;
  return row;
}

void put_answer(CallRow& row, const Completion& answer) {
  row.answered_at = answer.at.count();
  row.outcome = answer.outcome;
  row.status = answer.status;
  row.version = answer.version;
  row.position = answer.position.position;
  row.epoch = answer.position.epoch;
  row.bucket = answer.position.bucket;
  row.replayed = answer.replayed;
  row.problem = answer.problem;
  row.answer = answer.answer;
}

}  // namespace

StreamKey stream_key(const Uuid& stream) {
  return XXH3_64bits(stream.bytes.data(), stream.bytes.size());
}

std::uint64_t user_key(std::string_view user) { return XXH3_64bits(user.data(), user.size()); }

std::uint64_t request_key(std::uint64_t user, std::string_view request_id) {
  const auto key = XXH3_64bits_withSeed(request_id.data(), request_id.size(), user);
  return key == 0 ? 1 : key;
}

Result<GatheredCalls, std::string> gather_calls(const std::string& file,
                                                Partitions<CallRow>& calls) {
  auto reader = HistoryReader::open(file);
  if (!reader) return Err{std::move(reader.error())};
  GatheredCalls gathered;
  gathered.started_at = reader->started_at();
  UserKeys users;
  std::unordered_map<std::uint64_t, CallRow> open;  // no more than clients have calls under way
  HistoryRecord record;
  for (std::uint64_t number = 1;; ++number) {
    auto more = reader->next(record);
    if (!more) return Err{std::move(more.error())};
    if (!*more) break;
    if (record.is_invoke) {
      ++gathered.calls;
      const auto& call = record.invocation;
      if (call.stream.is_nil()) {
        ++gathered.elsewhere;
        continue;
      }
      CallRow& row = open[record.call] = row_of(call, users.of(call.user, *reader));
      row.call = record.call;
      row.sent = number;
    } else if (const auto found = open.find(record.call); found != open.end()) {
      found->second.answered = number;
      put_answer(found->second, record.completion);
      calls.add(found->second);
      open.erase(found);
    }
  }
  // Nobody was told: the client died before it knew.
  for (const auto& [call, row] : open) calls.add(row);
  gathered.sealed = reader->sealed();
  gathered.users = users.all();
  return gathered;
}

}  // namespace pim::load
