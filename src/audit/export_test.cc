#include <gtest/gtest.h>

#include <fstream>

#include "audit/audit.h"
#include "audit/record_json.h"
#include "audit/segment.h"
#include "readmodel/history_testing.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::audit {
namespace {

using readmodel::History;
using readmodel::SharedStore;

TEST(Export, WritesEveryEventReceiptAndJournalEntryOnceAndInAStableOrder) {
  SharedStore store(95);
  History history(store, 95);
  history.grow(200);
  const store::sqlite::TemporaryDirectory directory;
  {
    JournalOptions options;
    options.directory = directory.path();
    options.node = store.node();
    options.segment_bytes = 2'000;
    options.reserve_bytes = 0;
    auto journal = Journal::open(options);
    ASSERT_TRUE(journal);
    for (int i = 0; i < 25; ++i) {
      Entry entry;
      entry.user_id = "reader";
      entry.request_id = "read-" + std::to_string(i);
      ASSERT_TRUE((*journal)->append(entry));
    }
  }
  auto reader = store.open_reader();
  const auto exported = [&] {
    std::string text;
    const auto lines =
        export_jsonl(**reader, directory.path(), [&](std::string_view line) { text += line; });
    EXPECT_TRUE(lines) << lines.error().message;
    EXPECT_EQ(static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')), *lines);
    return text;
  };
  const std::string text = exported();
  EXPECT_EQ(text, exported());

  std::uint64_t events = 0;
  std::uint64_t receipts = 0;
  int read = 0;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string line = text.substr(begin, end - begin);
    EXPECT_EQ(line.front(), '{');
    EXPECT_EQ(line.back(), '}');
    const auto kind = text_field(line, "kind");
    if (kind == "event") ++events;
    if (kind == "receipt") ++receipts;
    if (kind == "read") {
      EXPECT_EQ(text_field(line, "request_id"), "read-" + std::to_string(read++));
    }
  }
  EXPECT_EQ(events, history.events());
  EXPECT_GT(receipts, 50U);
  EXPECT_EQ(read, 25);
}

TEST(Export, LeavesATornLineOut) {
  SharedStore store(96);
  const store::sqlite::TemporaryDirectory directory;
  {
    JournalOptions options;
    options.directory = directory.path();
    options.reserve_bytes = 0;
    auto journal = Journal::open(options);
    ASSERT_TRUE(journal);
    ASSERT_TRUE((*journal)->append({}));
  }
  std::ofstream(segment_path(directory.path(), 1), std::ios::app) << "{\"seq\":2,\"ki";
  auto reader = store.open_reader();
  std::string text;
  const auto lines =
      export_jsonl(**reader, directory.path(), [&](std::string_view line) { text += line; });
  ASSERT_TRUE(lines);
  EXPECT_EQ(*lines, 2U) << "the header and one entry";
  EXPECT_EQ(text.find("\"seq\":2"), std::string::npos);
}

TEST(Export, AStoreThatCannotBeReadIsAnError) {
  SharedStore store(97);
  auto reader = store.open_reader();
  store.fail_reads(true);
  EXPECT_FALSE(export_jsonl(**reader, "", [](std::string_view) {}));
}

}  // namespace
}  // namespace pim::audit
