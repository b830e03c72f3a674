// The JSON of every event type, pinned: golden/events.jsonl is history that must stay readable, and
// must be written the same. A line may be added; none may be changed.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "domain/decide.h"
#include "domain/field_types.h"
#include "domain/json.h"
#include "domain/names.h"

namespace pim {
namespace {

struct Line {
  std::string type;
  std::string data;
};

// {"type":"...","data":{...}}
std::vector<Line> golden_lines() {
  constexpr std::string_view kBeforeType = R"({"type":")";
  constexpr std::string_view kBeforeData = R"(","data":)";
  std::ifstream file("src/domain/golden/events.jsonl");
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    const auto data_at = text.find(kBeforeData);
    EXPECT_TRUE(text.starts_with(kBeforeType) && data_at != std::string::npos) << text;
    const auto from = data_at + kBeforeData.size();
    lines.push_back({text.substr(kBeforeType.size(), data_at - kBeforeType.size()),
                     text.substr(from, text.size() - from - 1)});
  }
  return lines;
}

TEST(GoldenEvents, ReadAndWriteTheSame) {
  for (const auto& [type, data] : golden_lines()) {
    const auto event = event_from_json(type, data);
    ASSERT_TRUE(event) << type << event.error().field << event.error().message;
    EXPECT_EQ(event_type(*event), type);
    EXPECT_EQ(event_to_json(*event), data);
  }
}

TEST(GoldenEvents, HaveEveryTypeAndEveryOptionalFieldBothWays) {
  std::map<std::string_view, int> lines_of;
  std::map<std::string, std::pair<int, int>> optional_fields;  // absent, present
  for (const auto& [type, data] : golden_lines()) {
    const auto event = event_from_json(type, data);
    ASSERT_TRUE(event) << type;
    ++lines_of[event_type(*event)];
    std::visit(
        [&, name = type]<class E>(const E& each) {
          for_each_field<E>([&](const auto& field) {
            if constexpr (OptionalType<std::remove_cvref_t<decltype(each.*field.member)>>) {
              auto& [absent, present] = optional_fields[name + "/" + std::string(field.name)];
              ++(each.*field.member ? present : absent);
            }
          });
        },
        *event);
  }
  for (auto type : kEventTypes) EXPECT_GE(lines_of[type], 1) << type;
  EXPECT_GE(optional_fields.size(), 20U);
  for (const auto& [field, count] : optional_fields) {
    EXPECT_GE(count.first, 1) << field << " is never absent";
    EXPECT_GE(count.second, 1) << field << " is never present";
  }
}

// The lines are histories, one after another; each registration begins one.
TEST(GoldenEvents, EvolveTakesThemAll) {
  StreamState state;
  for (const auto& [type, data] : golden_lines()) {
    const auto event = event_from_json(type, data);
    ASSERT_TRUE(event) << type;
    if (type.ends_with("-registered")) state = StreamState{};
    const auto before = state;
    evolve(state, *event);
    EXPECT_FALSE(state == before) << type << data << " changed nothing";
  }
}

// Ids, times and numbers in the file are plain; here is what one of its lines means.
TEST(GoldenEvents, MeanWhatTheySay) {
  const auto event = event_from_json(
      "charge-added",
      R"({"encounter_id":"e1000000-0000-7000-8000-000000000001",)"
      R"("bill_id":"b1000000-0000-7000-8000-000000000002","line_no":3,"source_kind":"medication",)"
      R"("source_id":"d3000000-0000-7000-8000-000000000004","category":"pharmacy","qty":5,)"
      R"("unit_cents":600,"amount_cents":3000})");
  ASSERT_TRUE(event);
  const auto& charge = std::get<ChargeAdded>(*event);
  EXPECT_EQ(charge.encounter_id.value.bytes[0], 0xE1);
  EXPECT_EQ(charge.bill_id.value.bytes[15], 2);
  EXPECT_EQ(charge.line_no, 3);
  EXPECT_EQ(charge.source_kind, SourceKind::medication);
  EXPECT_EQ(charge.source_id.bytes[0], 0xD3);
  EXPECT_EQ(charge.category, ChargeCategory::pharmacy);
  EXPECT_EQ(charge.qty, 5);
  EXPECT_EQ(charge.unit_cents, Cents{600});
  EXPECT_EQ(charge.amount_cents, Cents{3000});
}

}  // namespace
}  // namespace pim
