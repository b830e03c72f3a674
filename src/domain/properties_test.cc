// Random command sequences: whatever callers send, and in whatever order, the invariants hold, and
// the events alone give the state.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "domain/decide.h"
#include "domain/domain_testing.h"
#include "domain/invariants_testing.h"
#include "domain/json.h"
#include "domain/names.h"
#include "domain/random_commands_testing.h"
#include "domain/rejection.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kFirstSeed = 20250601;
constexpr std::uint64_t kSequences = 4000;
constexpr std::uint64_t kNightlySequences = 100'000;
constexpr int kCommandsEach = 120;
constexpr std::int64_t kStepMillis = 600'000;

std::uint64_t sequences() {
  return std::getenv("PIM_NIGHTLY") ? kNightlySequences : kSequences;  // NOLINT(concurrency-*)
}

StreamState replay(const std::vector<Event>& events, StreamState state = {}) {
  for (const auto& event : events) evolve(state, event);
  return state;
}

// The events that make one encounter: the registration, and what names the encounter.
std::vector<Event> events_of(const std::vector<Event>& history, EncounterId id) {
  std::vector<Event> events;
  for (const auto& event : history) {
    const bool wanted = std::visit(
        [&](const auto& each) {
          if constexpr (requires { each.encounter_id; }) return each.encounter_id == id;
          return true;
        },
        event);
    if (wanted) events.push_back(event);
  }
  return events;
}

struct Coverage {
  std::array<int, std::variant_size_v<Event>> events{};
  std::map<std::string, int> rejections;
};

// One sequence: a stream that may be inspected after it.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : generator_(seed) {}

  // Stops at the first violation.
  void run(Coverage& coverage) {
    for (int i = 0; i < kCommandsEach && !::testing::Test::HasFailure(); ++i) {
      stream_.references.now.value += kStepMillis;
      step(coverage);
    }
  }

  Stream& stream() { return stream_; }
  CommandGenerator& generator() { return generator_; }

 private:
  void step(Coverage& coverage) {
    const auto now = stream_.references.now;
    const auto command = generator_.next(stream_.state, now);
    const auto before = stream_.state;
    const auto first_new = stream_.history.size();
    const auto refused = stream_.offer(command);
    if (!refused.empty()) {
      ++coverage.rejections[refused];
      ASSERT_TRUE(find_rejection(refused)) << refused;
      ASSERT_EQ(stream_.history.size(), first_new);
      return;
    }
    ASSERT_GT(stream_.history.size(), first_new);
    for (auto i = first_new; i < stream_.history.size(); ++i) {
      ++coverage.events[stream_.history[i].index()];
    }
    const auto& after = std::get<Patient>(stream_.state);
    const auto broken = violations(after, now);
    ASSERT_TRUE(broken.empty()) << broken.front() << " after " << command_to_text(command);
    if (const auto* patient = std::get_if<Patient>(&before)) {
      const auto wrong = step_violations(*patient, after);
      ASSERT_TRUE(wrong.empty()) << wrong.front() << " after " << command_to_text(command);
    }
  }
  static std::string command_to_text(const Command& command) {
    return std::string(command_name(command));
  }

  Stream stream_;
  CommandGenerator generator_;
};

TEST(Properties, HoldOverRandomCommandSequences) {
  Coverage coverage;
  for (std::uint64_t seed = kFirstSeed; seed < kFirstSeed + sequences(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Sequence sequence(seed);
    sequence.run(coverage);
    ASSERT_FALSE(HasFailure());
    const auto& [state, history] = std::tie(sequence.stream().state, sequence.stream().history);

    // replay equals the state
    ASSERT_TRUE(replay(history) == state);

    // a snapshot reads back, to the same bytes, and replay may go on from it
    const auto cut = sequence.generator().below(static_cast<std::uint32_t>(history.size())) + 1;
    const auto middle = history.begin() + cut;
    const auto at_cut = replay({history.begin(), middle});
    const auto snapshot = state_to_json(at_cut);
    const auto restored = state_from_json(StreamKind::patient, snapshot);
    ASSERT_TRUE(restored) << restored.error().field << " " << restored.error().message;
    ASSERT_TRUE(*restored == at_cut);
    ASSERT_EQ(state_to_json(*restored), snapshot);
    ASSERT_TRUE(replay({middle, history.end()}, *restored) == state);

    // each event reads back
    for (const auto& event : history) {
      const auto text = event_to_json(event);
      const auto again = event_from_json(event_type(event), text);
      ASSERT_TRUE(again && *again == event) << text;
    }

    // one encounter's own events give that encounter
    for (const auto& encounter : std::get<Patient>(state).encounters.all()) {
      const auto alone = replay(events_of(history, encounter.encounter_id));
      const auto* found = std::get<Patient>(alone).encounters.find(encounter.encounter_id);
      ASSERT_TRUE(found && *found == encounter);
    }
  }

  // the sequences reached every event of a patient, and every rejection that its state can give
  for (std::size_t i = 0; i < kEventTypes.size(); ++i) {
    const auto type = kEventTypes[i];
    if (type.starts_with("provider") || type.starts_with("facility")) continue;
    EXPECT_GE(coverage.events[i], 100) << type;
  }
  for (const auto& info : rejection_catalogue()) {
    EXPECT_GE(coverage.rejections[std::string(info.type)], 10) << info.type;
  }
}

// Decisions are functions of their arguments: the same history, the same answers.
TEST(Properties, DecisionsRepeat) {
  Coverage first_coverage;
  Coverage second_coverage;
  Sequence first(kFirstSeed);
  Sequence second(kFirstSeed);
  first.run(first_coverage);
  second.run(second_coverage);
  EXPECT_EQ(first.stream().history, second.stream().history);
  EXPECT_EQ(first_coverage.rejections, second_coverage.rejections);
}

}  // namespace
}  // namespace pim
