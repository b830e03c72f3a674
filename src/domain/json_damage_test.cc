// Damaged documents: whatever arrives, the readers answer with a value or an error, never with
// half of either. Run under the sanitizers, this is also the memory check of the readers.
#include <gtest/gtest.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "domain/command_json.h"
#include "domain/domain_testing.h"
#include "domain/json.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)

constexpr std::uint64_t kSeed = 20250602;
constexpr int kDamagedEach = 1500;

class Damage {
 public:
  explicit Damage(std::uint64_t seed) : random_(seed) {}

  // One to three cuts, repeats, flips and insertions.
  std::string operator()(std::string text) {
    for (auto times = 1 + below(3); times > 0; --times) once(text);
    return text;
  }

 private:
  std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

  void once(std::string& text) {
    static constexpr std::string_view kTokens[] = {"{",
                                                   "}",
                                                   "[",
                                                   "]",
                                                   ",",
                                                   ":",
                                                   "\"",
                                                   "\\",
                                                   "\\u0000",
                                                   "null",
                                                   "true",
                                                   "-1",
                                                   "1e9",
                                                   "1.5",
                                                   "\xff",
                                                   "\xC3\xA9",
                                                   "9223372036854775808",
                                                   "\"\"",
                                                   "{}",
                                                   "[]",
                                                   " ",
                                                   "\"rank\":",
                                                   "\\ud83d\\u",
                                                   "/*x*/"};
    const auto at = below(text.size() + 1);
    switch (below(4)) {
      case 0:
        text.erase(at, below(12));
        break;
      case 1:
        text.insert(at, text.substr(below(text.size()), below(40)));
        break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random_());
        break;
      default:
        text.insert(at, kTokens[below(std::size(kTokens))]);
    }
  }

  std::mt19937_64 random_;
};

TEST(DamagedJson, CommandsAreReadWholeOrRefused) {
  Damage damage(kSeed);
  int accepted = 0;
  int refused = 0;
  for (const auto& command : every_command()) {
    const auto name = command_name(command);
    const auto good = command_to_json(command);
    for (int i = 0; i < kDamagedEach; ++i) {
      const auto text = damage(good);
      const auto read = command_from_json(name, text, {});
      if (!read) {
        ++refused;
        ASSERT_FALSE(read.error().message.empty()) << text;
        continue;
      }
      ++accepted;
      const auto canonical = command_to_json(*read);
      const auto again = command_from_json(name, canonical, {});
      ASSERT_TRUE(again) << "seed " << kSeed << ": " << text << " became " << canonical;
      ASSERT_EQ(*again, *read) << text;
    }
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 10'000);
}

TEST(DamagedJson, HistoryIsReadWholeOrRefused) {
  Damage damage(kSeed);
  const Stream stream({register_patient(), admit(), record_diagnosis(), record_procedure(),
                       prescribe(), open_bill(), charge_procedure(), discharge()});
  const auto state = state_to_json(stream.state);
  for (int i = 0; i < kDamagedEach; ++i) {
    const auto text = damage(state);
    const auto read = state_from_json(StreamKind::patient, text);
    if (read) {
      ASSERT_TRUE(state_from_json(StreamKind::patient, state_to_json(*read))) << text;
    }
  }
  int accepted = 0;
  for (const auto& event : stream.history) {
    const auto good = event_to_json(event);
    for (int i = 0; i < kDamagedEach; ++i) {
      const auto read = event_from_json(event_type(event), damage(good));
      if (!read) continue;
      ++accepted;
      const auto again = event_from_json(event_type(*read), event_to_json(*read));
      ASSERT_TRUE(again && *again == *read) << event_to_json(*read);
    }
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace pim
