#include <unordered_map>
#include <utility>

#include "audit/verify_parts.h"

namespace pim::audit {
namespace {

using store::Anchor;
using store::BucketHead;
using store::EventRecord;
using store::StoreResult;

constexpr std::size_t kPage = 1'000;

// One bucket's chain, from its start to its head.
class BucketWalk {
 public:
  BucketWalk(store::Reader& store, BucketId bucket, const std::vector<Anchor>& anchors,
             VerifyReport& report)
      : store_(store),
        bucket_(bucket),
        anchor_(anchors.begin()),
        anchors_end_(anchors.end()),
        report_(report),
        commands_([this](const CommandEffect& effect) { sum_.add(digest_of(effect)); }) {}

  void visit(const EventRecord& event) {
    ++report_.events;
    check_place(event);
    check_stream(event);
    check_origin(event);
    check_anchors(event);
    commands_.take(event);
    position_ = event.position;
    chain_ = event.hash;
  }

  void end(const BucketHead& head) {
    commands_.finish();
    if (head.next_position != position_ + 1) {
      add_finding(report_, place_of(bucket_, position_ + 1),
                  "the head says that " + std::to_string(head.next_position) + " comes next");
    }
    if (head.chain_hash != chain_) {
      add_finding(report_, place_of(bucket_, position_), "the head has another hash");
    }
    for (; anchor_ != anchors_end_; ++anchor_) {
      if (anchor_->next_position == 1) continue;
      find_anchor("and is not there");
    }
  }

  std::uint64_t position() const { return position_; }
  const CommandSum& commands() const { return sum_; }
  const std::unordered_map<StreamId, Version>& streams() const { return versions_; }

 private:
  void find(const EventRecord& event, std::string what) {
    add_finding(report_, place_of(bucket_, event.position), std::move(what));
  }

  void check_place(const EventRecord& event) {
    if (event.position != position_ + 1) {
      add_finding(report_, place_of(bucket_, position_ + 1),
                  "missing: the next event stands at " + std::to_string(event.position));
    }
    if (event.prev_hash != chain_)
      find(event, "does not continue the chain of the event before it");
    if (store::hash_of(event) != event.hash) find(event, "its content does not match its hash");
  }

  void check_stream(const EventRecord& event) {
    if (bucket_of(event.stream.value) != bucket_) find(event, "its stream is of another bucket");
    Version& version = versions_[event.stream];
    if (event.version != version + 1) {
      find(event, "version " + std::to_string(event.version) + " follows version " +
                      std::to_string(version) + " of its stream");
    }
    version = event.version;
  }

  void check_origin(const EventRecord& event) {
    if (event.origin.user_id.empty()) find(event, "names no user");
    if (event.origin.request_id.empty()) find(event, "names no request");
    if (event.origin.tenant.text().empty()) find(event, "names no tenant");
  }

  void check_anchors(const EventRecord& event) {
    for (; anchor_ != anchors_end_ && anchor_->next_position <= event.position + 1; ++anchor_) {
      if (anchor_->next_position == event.position + 1 && anchor_->chain_hash != event.hash) {
        find_anchor("with another hash");
      }
    }
  }

  // Known loss is a loss, but nobody's forgery.
  void find_anchor(std::string what) {
    const std::uint64_t position = anchor_->next_position - 1;
    const auto end = store_.last_position_of(bucket_, anchor_->epoch);
    if (end && end->has_value() && position > **end) {
      what = "and was lost when the bucket was restored";
    }
    add_finding(report_, place_of(bucket_, position),
                "was anchored at " + anchor_->time.to_string() + " " + what);
  }

  store::Reader& store_;
  const BucketId bucket_;
  std::vector<Anchor>::const_iterator anchor_;  // the first that no event has reached
  const std::vector<Anchor>::const_iterator anchors_end_;
  VerifyReport& report_;
  std::uint64_t position_ = 0;
  store::Digest chain_;
  std::unordered_map<StreamId, Version> versions_;
  CommandSum sum_;
  CommandSplitter commands_;
};

// A stream is also read by its own index: it must hold nothing that the bucket does not.
StoreResult<void> check_streams(store::Reader& store, BucketId bucket, const BucketWalk& walk,
                                const VerifyOptions& options, VerifyReport& report) {
  for (const auto& [stream, version] : walk.streams()) {
    auto more = store.read_stream(bucket, stream, version, 1);
    if (!more) return Err{std::move(more.error())};
    if (more->empty()) continue;
    const EventRecord& event = more->front();
    const bool written_since =
        options.live && event.bucket == bucket && event.position > walk.position();
    if (!written_since) {
      add_finding(report, place_of(event.bucket, event.position),
                  "version " + std::to_string(event.version) + " of a stream of bucket " +
                      std::to_string(bucket.value) + " stands outside its history");
    }
  }
  return {};
}

// Of a living store, up to the head that was read: it may have gone on since.
StoreResult<void> walk_bucket(store::Reader& store, const BucketHead& head,
                              const VerifyOptions& options, std::uint64_t total, BucketWalk& walk,
                              VerifyReport& report) {
  for (bool more = true; more;) {
    auto page = store.read_bucket(head.bucket, walk.position(), kPage);
    if (!page && page.error().kind == store::StoreErrorKind::corrupt) {
      add_finding(report, place_of(head.bucket, walk.position() + 1),
                  "cannot be read, nor can what follows: " + page.error().message);
      return {};
    }
    if (!page) return Err{std::move(page.error())};
    more = page->size() == kPage;
    for (const EventRecord& event : *page) {
      if (options.live && event.position >= head.next_position) {
        more = false;
        break;
      }
      walk.visit(event);
    }
    if (options.progress) options.progress(report.events, total);
  }
  walk.end(head);
  return check_streams(store, head.bucket, walk, options, report);
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

std::string place_of(BucketId bucket, std::uint64_t position) {
  return "bucket " + std::to_string(bucket.value) + " position " + std::to_string(position);
}

StoreResult<WalkedBuckets> verify_events(store::Reader& store, const VerifyOptions& options,
                                         const AnchorsByBucket& anchors, VerifyReport& report) {
  auto heads = store.heads();
  if (!heads) return Err{std::move(heads.error())};
  std::uint64_t total = 0;
  for (const BucketHead& head : *heads) total += head.next_position - 1;

  WalkedBuckets walked{std::vector<std::uint64_t>(kBuckets), std::vector<CommandSum>(kBuckets)};
  for (const BucketHead& head : *heads) {
    BucketWalk walk(store, head.bucket, anchors[head.bucket.value], report);
    auto done = walk_bucket(store, head, options, total, walk, report);
    if (!done) return Err{std::move(done.error())};
    ++report.buckets;
    walked.last_position[head.bucket.value] = walk.position();
    walked.commands[head.bucket.value] = walk.commands();
  }
  return walked;
}

}  // namespace pim::audit
