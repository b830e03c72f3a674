#include "store_content.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "cli/offline_store.h"

namespace pim::integration {
namespace {

constexpr std::size_t kContentPage = 2000;

std::string line_of(const std::string& kind, std::initializer_list<std::string> values) {
  std::string line = kind;
  for (const auto& value : values) line += " " + value;
  return line;
}

std::string line_of(const store::EventRecord& event) {
  return line_of("event", {event.type, event.stream.to_string(), std::to_string(event.version),
                           std::to_string(event.bucket.value), std::to_string(event.position),
                           std::to_string(event.schema_version), event.origin.user_id,
                           event.origin.request_id, event.data});
}

std::string line_of(const store::Receipt& receipt) {
  return line_of("receipt",
                 {receipt.command, receipt.routing_id.to_string(), std::to_string(receipt.version),
                  std::to_string(receipt.first_position), std::to_string(receipt.last_position),
                  std::to_string(receipt.status), receipt.problem_type, receipt.origin.user_id,
                  receipt.origin.request_id, receipt.fingerprint.to_hex()});
}

void add_events(store::Reader& reader, BucketId bucket, StoreContent& content) {
  std::uint64_t position = 0;
  while (true) {
    const auto page = reader.read_bucket(bucket, position, kContentPage);
    ASSERT_TRUE(page.ok()) << page.error().message;
    if (page->empty()) return;
    for (const auto& event : *page) content.push_back(line_of(event));
    position = page->back().position;
  }
}

void add_receipts(store::Reader& reader, StoreContent& content) {
  std::uint64_t cursor = 0;
  while (true) {
    const auto page = reader.read_receipts(cursor, kContentPage);
    ASSERT_TRUE(page.ok()) << page.error().message;
    if (page->empty()) return;
    for (const auto& receipt : *page) content.push_back(line_of(receipt));
  }
}

}  // namespace

StoreContent content_of(const std::string& data) {
  StoreContent content;
  const auto opened = cli::open_offline(data);
  EXPECT_TRUE(opened.ok()) << opened.error();
  if (!opened) return content;
  const auto heads = opened->reader->heads();
  EXPECT_TRUE(heads.ok());
  if (!heads) return content;
  for (const auto& head : *heads) add_events(*opened->reader, head.bucket, content);
  add_receipts(*opened->reader, content);
  std::ranges::sort(content);
  return content;
}

ContentDifference difference(const StoreContent& wanted, const StoreContent& found) {
  ContentDifference all;
  std::ranges::set_difference(wanted, found, std::back_inserter(all.missing));
  std::ranges::set_difference(found, wanted, std::back_inserter(all.extra));
  return all;
}

}  // namespace pim::integration
