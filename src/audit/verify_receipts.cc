#include <algorithm>
#include <map>
#include <utility>

#include "audit/verify_parts.h"

namespace pim::audit {
namespace {

using store::Receipt;
using store::StoreResult;

constexpr std::size_t kPage = 1'000;
// Explained in one pass over the receipts; bounds what it has to remember.
constexpr std::size_t kBucketsAtOnce = 64;

template <class Visit>
StoreResult<void> each_receipt(store::Reader& store, Visit&& visit) {
  std::uint64_t cursor = 0;
  while (true) {
    auto page = store.read_receipts(cursor, kPage);
    if (!page) return Err{std::move(page.error())};
    if (page->empty()) return {};
    for (const Receipt& receipt : *page) visit(receipt);
  }
}

bool has_events(const Receipt& receipt) { return receipt.last_position != 0; }

bool well_formed(const Receipt& receipt) {
  if (receipt.origin.user_id.empty() || receipt.origin.request_id.empty()) return false;
  if (!has_events(receipt)) return receipt.first_position == 0;
  return receipt.first_position > 0 && receipt.first_position <= receipt.last_position &&
         receipt.last_position - receipt.first_position < receipt.version;
}

// Written after its bucket was walked: only a living store has such.
bool is_later(const Receipt& receipt, const WalkedBuckets& walked) {
  return receipt.last_position > walked.last_position[bucket_of(receipt.routing_id.value).value];
}

using CommandPlace = std::pair<BucketId, std::uint64_t>;  // with the first position
using Digests = std::map<CommandPlace, store::Digest>;

// Names the commands of `buckets` on which events and receipts do not agree.
StoreResult<void> explain(store::Reader& store, const std::vector<BucketId>& buckets,
                          const WalkedBuckets& walked, bool live, VerifyReport& report) {
  Digests claimed;
  auto collected = each_receipt(store, [&](const Receipt& receipt) {
    const CommandEffect effect = effect_of(receipt);
    if (!has_events(receipt) || (live && is_later(receipt, walked))) return;
    if (!std::binary_search(buckets.begin(), buckets.end(), effect.bucket)) return;
    const auto [at, added] =
        claimed.try_emplace({effect.bucket, effect.first_position}, digest_of(effect));
    if (!added) {
      add_finding(report, place_of(effect.bucket, effect.first_position),
                  "two receipts tell of it");
    }
  });
  if (!collected) return collected;

  CommandSplitter commands([&](const CommandEffect& effect) {
    const auto found = claimed.extract({effect.bucket, effect.first_position});
    const std::string where = place_of(effect.bucket, effect.first_position);
    if (found.empty()) {
      add_finding(report, where, "no receipt tells of it");
    } else if (found.mapped() != digest_of(effect)) {
      add_finding(report, where, "its receipt tells of another origin, stream or version");
    }
  });
  for (const BucketId bucket : buckets) {
    std::uint64_t after = 0;
    while (after < walked.last_position[bucket.value]) {
      const auto wanted =
          std::min<std::uint64_t>(kPage, walked.last_position[bucket.value] - after);
      auto page = store.read_bucket(bucket, after, wanted);
      if (!page) return Err{std::move(page.error())};
      if (page->empty()) break;
      for (const auto& event : *page) commands.take(event);
      after = page->back().position;
    }
    commands.finish();
  }
  for (const auto& [place, digest] : claimed) {
    add_finding(report, place_of(place.first, place.second),
                "a receipt tells of events that are not there");
  }
  return {};
}

}  // namespace

StoreResult<void> verify_receipts(store::Reader& store, const VerifyOptions& options,
                                  const WalkedBuckets& walked, VerifyReport& report) {
  std::vector<CommandSum> sums(kBuckets);
  auto summed = each_receipt(store, [&](const Receipt& receipt) {
    ++report.receipts;
    if (!well_formed(receipt)) {
      add_finding(report, "receipt of request " + receipt.origin.request_id,
                  "its origin, positions or version cannot be true");
    }
    if (!has_events(receipt) || (options.live && is_later(receipt, walked))) return;
    const CommandEffect effect = effect_of(receipt);
    sums[effect.bucket.value].add(digest_of(effect));
  });
  if (!summed && summed.error().kind == store::StoreErrorKind::corrupt) {
    add_finding(report, "receipts", "one cannot be read: " + summed.error().message);
    return {};
  }
  if (!summed) return summed;

  std::vector<BucketId> differing;
  for (std::uint32_t i = 0; i < kBuckets; ++i) {
    if (sums[i] != walked.commands[i]) differing.push_back({static_cast<std::uint16_t>(i)});
  }
  for (std::size_t i = 0; i < differing.size() && report.findings.size() <= kMaxFindings;
       i += kBucketsAtOnce) {
    const auto from = differing.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(kBucketsAtOnce, differing.size() - i);
    auto explained = explain(store, {from, from + static_cast<std::ptrdiff_t>(count)}, walked,
                             options.live, report);
    if (!explained) return explained;
  }
  return {};
}

}  // namespace pim::audit
