#include "store/record.h"

namespace pim::store {
namespace {

constexpr std::uint8_t kFormVersion = 1;

// Big-endian integers, texts with a 32-bit length before them: no two events share a form.
class CanonicalForm {
 public:
  explicit CanonicalForm(std::size_t text_bytes) {
    out_.reserve(256 + text_bytes);
    integer(kFormVersion);
  }

  template <class Unsigned>
  void integer(Unsigned value) {
    for (int shift = 8 * static_cast<int>(sizeof value) - 8; shift >= 0; shift -= 8) {
      out_ += static_cast<char>((value >> shift) & 0xFF);
    }
  }
  template <std::size_t N>
  void bytes(const std::array<std::uint8_t, N>& raw) {
    out_.append(reinterpret_cast<const char*>(raw.data()), N);
  }
  void text(std::string_view value) {
    integer(static_cast<std::uint32_t>(value.size()));
    out_.append(value);
  }
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

}  // namespace

Digest hash_of(const EventRecord& event) {
  const Origin& origin = event.origin;
  CanonicalForm form(event.data.size());
  form.bytes(event.prev_hash.bytes);
  form.integer(event.bucket.value);
  form.integer(event.position);
  form.bytes(event.stream.value.bytes);
  form.integer(static_cast<std::uint8_t>(event.kind));
  form.integer(event.version);
  form.bytes(event.id.value.bytes);
  form.integer(event.schema_version);
  form.integer(static_cast<std::uint64_t>(origin.recorded_at.value));
  form.bytes(origin.trace_id);
  form.bytes(origin.span_id);
  form.text(event.type);
  form.text(origin.tenant.text());
  form.text(origin.user_id);
  form.text(origin.role);
  form.text(origin.request_id);
  form.text(origin.reason);
  form.text(event.data);
  return sha256(form.str());
}

std::string_view to_string(BucketState state) {
  switch (state) {
    case BucketState::active:
      return "active";
    case BucketState::sealed:
      return "sealed";
    case BucketState::importing:
      return "importing";
    case BucketState::moved:
      return "moved";
    case BucketState::suspect:
      return "suspect";
  }
  return "invalid";
}

}  // namespace pim::store
