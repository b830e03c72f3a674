#include "audit/command_sum.h"

#include <cstring>
#include <string>
#include <string_view>

namespace pim::audit {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}
void append_text(std::string& out, std::string_view text) {
  append_number(out, text.size());
  out += text;
}
template <std::size_t N>
void append_bytes(std::string& out, const std::array<std::uint8_t, N>& bytes) {
  out.append(reinterpret_cast<const char*>(bytes.data()), N);
}

}  // namespace

store::Digest digest_of(const CommandEffect& effect) {
  const store::Origin& origin = effect.origin;
  std::string input;
  input.reserve(256);
  append_bytes(input, effect.stream.value.bytes);
  append_number(input, effect.bucket.value);
  append_number(input, effect.first_position);
  append_number(input, effect.last_position);
  append_number(input, effect.version);
  append_text(input, origin.tenant.text());
  append_text(input, origin.user_id);
  append_text(input, origin.role);
  append_text(input, origin.request_id);
  append_bytes(input, origin.trace_id);
  append_bytes(input, origin.span_id);
  append_number(input, static_cast<std::uint64_t>(origin.recorded_at.value));
  append_text(input, origin.reason);
  return store::sha256(input);
}

CommandEffect effect_of(const store::Receipt& receipt) {
  return {receipt.routing_id,     bucket_of(receipt.routing_id.value),
          receipt.first_position, receipt.last_position,
          receipt.version,        receipt.origin};
}

void CommandSum::add(const store::Digest& digest) {
  ++count_;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, digest.bytes.data() + i * sizeof word, sizeof word);
    words_[i] += word;
  }
}

void CommandSplitter::take(const store::EventRecord& event) {
  const bool same = open_ && open_->stream == event.stream &&
                    open_->origin.user_id == event.origin.user_id &&
                    open_->origin.request_id == event.origin.request_id;
  if (!same) {
    finish();
    open_ = CommandEffect{event.stream, event.bucket, event.position, 0, 0, event.origin};
  }
  open_->last_position = event.position;
  open_->version = event.version;
}

void CommandSplitter::finish() {
  if (open_) done_(*open_);
  open_.reset();
}

}  // namespace pim::audit
