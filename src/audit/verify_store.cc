#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "audit/verify_parts.h"
#include "routing/bucket.h"

namespace pim::audit {
namespace {

using store::BucketHead;
using store::EventRecord;
using store::Receipt;
using store::StoreResult;

constexpr std::size_t kPage = 1000;

std::string place(BucketId bucket, std::uint64_t position) {
  return "bucket " + std::to_string(bucket.value) + " position " + std::to_string(position);
}

// Who did what where, as both an event and its receipt tell it. Sums of these agree for a bucket
// where every event has its receipt and every receipt its events, in whatever order they are read.
std::uint64_t claim(const StreamId& stream, std::uint64_t position, Version version,
                    const store::Origin& origin) {
  std::string text = stream.to_string();
  text += ' ' + std::to_string(position) + ' ' + std::to_string(version) + ' ';
  text += origin.user_id + '\n' + origin.request_id;
  return std::hash<std::string>{}(text);
}

struct ClaimSum {
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  void add(std::uint64_t value) {
    sum += value;  // wraps
    ++count;
  }
  bool operator==(const ClaimSum&) const = default;
};
using ClaimSums = std::array<ClaimSum, kBuckets>;

// One bucket's chain, from its start to its head.
class BucketWalk {
 public:
  BucketWalk(BucketId bucket, VerifyReport& report, ClaimSum& claims)
      : bucket_(bucket), report_(report), claims_(claims) {}

  void visit(const EventRecord& event) {
    const std::string where = place(bucket_, event.position);
    if (event.position != position_ + 1) {
      add_finding(report_, place(bucket_, position_ + 1),
                  "missing: the next event stands at " + std::to_string(event.position));
    }
    if (event.prev_hash != chain_) {
      add_finding(report_, where, "does not continue the chain of the event before it");
    }
    if (store::hash_of(event) != event.hash) {
      add_finding(report_, where, "its content does not match its hash");
    }
    if (bucket_of(event.stream.value) != bucket_) {
      add_finding(report_, where, "its stream belongs to another bucket");
    }
    if (event.origin.user_id.empty() || event.origin.request_id.empty()) {
      add_finding(report_, where, "names no user or no request");
    }
    Version& version = versions_[event.stream];
    if (event.version != version + 1) {
      add_finding(report_, where,
                  "version " + std::to_string(event.version) + " follows version " +
                      std::to_string(version) + " of its stream");
    }
    version = event.version;
    position_ = event.position;
    chain_ = event.hash;
    claims_.add(claim(event.stream, event.position, event.version, event.origin));
    ++report_.events;
  }

  void end(const BucketHead& head) {
    if (head.next_position != position_ + 1) {
      add_finding(report_, place(bucket_, position_ + 1),
                  "the head says that " + std::to_string(head.next_position) + " comes next");
    }
    if (head.chain_hash != chain_) {
      add_finding(report_, place(bucket_, position_), "the head has another hash");
    }
    ++report_.buckets;
  }

 private:
  const BucketId bucket_;
  VerifyReport& report_;
  ClaimSum& claims_;
  std::uint64_t position_ = 0;
  store::Digest chain_;
  std::unordered_map<StreamId, Version> versions_;
};

StoreResult<void> walk_buckets(store::Reader& store, const std::vector<BucketHead>& heads,
                               const VerifyOptions& options, VerifyReport& report,
                               ClaimSums& claims) {
  std::uint64_t total = 0;
  for (const BucketHead& head : heads) total += head.next_position - 1;
  for (const BucketHead& head : heads) {
    BucketWalk walk(head.bucket, report, claims[head.bucket.value]);
    // Up to the head that was read: a living store may have gone on since.
    std::uint64_t after = 0;
    bool more = true;
    while (more) {
      auto page = store.read_bucket(head.bucket, after, kPage);
      if (!page) return Err{std::move(page.error())};
      more = page->size() == kPage;
      for (const EventRecord& event : *page) {
        if (event.position >= head.next_position && options.live) {
          more = false;
          break;
        }
        walk.visit(event);
        after = event.position;
      }
      if (options.progress) options.progress(report.events, total);
    }
    walk.end(head);
  }
  return {};
}

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
  if (!has_events(receipt)) return receipt.first_position == 0;
  return receipt.first_position > 0 && receipt.first_position <= receipt.last_position &&
         receipt.last_position - receipt.first_position < receipt.version;
}

// The version that the event at `position` of this receipt must have.
Version version_at(const Receipt& receipt, std::uint64_t position) {
  return receipt.version - (receipt.last_position - position);
}

// Names the events and receipts of one bucket that do not agree; memory for that bucket only.
StoreResult<void> explain(store::Reader& store, BucketId bucket, VerifyReport& report) {
  std::unordered_map<std::uint64_t, std::uint64_t> claims;  // by position
  const auto collected = each_receipt(store, [&](const Receipt& receipt) {
    if (bucket_of(receipt.routing_id.value) != bucket || !has_events(receipt)) return;
    if (!well_formed(receipt)) return;
    for (auto at = receipt.first_position; at <= receipt.last_position; ++at) {
      claims[at] += claim(receipt.routing_id, at, version_at(receipt, at), receipt.origin);
    }
  });
  if (!collected) return Err{collected.error()};
  std::uint64_t after = 0;
  while (true) {
    auto page = store.read_bucket(bucket, after, kPage);
    if (!page) return Err{std::move(page.error())};
    for (const EventRecord& event : *page) {
      const auto found = claims.extract(event.position);
      if (found.empty()) {
        add_finding(report, place(bucket, event.position), "no receipt tells of it");
      } else if (found.mapped() !=
                 claim(event.stream, event.position, event.version, event.origin)) {
        add_finding(report, place(bucket, event.position),
                    "its receipt tells of another user, request, stream or version");
      }
      after = event.position;
    }
    if (page->size() < kPage) break;
  }
  for (const auto& [position, value] : claims) {
    add_finding(report, place(bucket, position), "a receipt tells of an event that is not there");
  }
  return {};
}

StoreResult<void> compare_receipts(store::Reader& store, VerifyReport& report,
                                   const ClaimSums& of_events) {
  ClaimSums of_receipts{};
  const auto summed = each_receipt(store, [&](const Receipt& receipt) {
    ++report.receipts;
    if (!well_formed(receipt)) {
      add_finding(report, "receipt of request " + receipt.origin.request_id,
                  "its positions and version cannot be true");
      return;
    }
    if (!has_events(receipt)) return;
    ClaimSum& sum = of_receipts[bucket_of(receipt.routing_id.value).value];
    for (auto at = receipt.first_position; at <= receipt.last_position; ++at) {
      sum.add(claim(receipt.routing_id, at, version_at(receipt, at), receipt.origin));
    }
  });
  if (!summed) return summed;
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    if (of_receipts[bucket] == of_events[bucket]) continue;
    auto explained = explain(store, BucketId{static_cast<std::uint16_t>(bucket)}, report);
    if (!explained) return explained;
  }
  return {};
}

}  // namespace

void add_finding(VerifyReport& report, std::string where, std::string what) {
  if (report.findings.size() > kMaxFindings) return;
  if (report.findings.size() == kMaxFindings) {
    where = "elsewhere";
    what = "more findings, not listed";
  }
  report.findings.push_back({std::move(where), std::move(what)});
}

StoreResult<void> verify_store(store::Reader& store, const VerifyOptions& options,
                               VerifyReport& report) {
  auto heads = store.heads();
  if (!heads) return Err{std::move(heads.error())};
  ClaimSums claims{};
  auto walked = walk_buckets(store, *heads, options, report, claims);
  if (!walked) return walked;
  // In a living store receipts go on while events were read: there only the chains can be judged.
  if (options.live) return {};
  return compare_receipts(store, report, claims);
}

}  // namespace pim::audit
