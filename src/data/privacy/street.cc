#include "data/privacy/street.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "data/privacy/shapes.h"
#include "data/privacy/word_key.h"

namespace pim::data::privacy {
namespace {

constexpr std::size_t kLongestHouseNumber = 6;
constexpr std::size_t kMostWords = 5;  // the last one included

// Hardly anything else, also in lower case.
constexpr auto kStreetWords =
    std::to_array<std::uint64_t>({word_key("street"), word_key("avenue"), word_key("ave"),
                                  word_key("boulevard"), word_key("blvd"), word_key("rd")});
// Other things too: only where all words have a capital.
constexpr auto kCapitalStreetWords = std::to_array<std::uint64_t>(
    {word_key("st"),    word_key("road"),    word_key("lane"),    word_key("ln"),
     word_key("drive"), word_key("dr"),      word_key("court"),   word_key("ct"),
     word_key("place"), word_key("pl"),      word_key("way"),     word_key("terrace"),
     word_key("ter"),   word_key("circle"),  word_key("cir"),     word_key("parkway"),
     word_key("pkwy"),  word_key("highway"), word_key("hwy"),     word_key("trail"),
     word_key("trl"),   word_key("square"),  word_key("sq"),      word_key("loop"),
     word_key("alley"), word_key("plaza"),   word_key("crossing")});
// What stands in a sentence, not in a street's name.
constexpr auto kSentenceWords = std::to_array<std::uint64_t>(
    {word_key("in"), word_key("on"), word_key("of"), word_key("at"), word_key("to"), word_key("a"),
     word_key("for"), word_key("per"), word_key("by"), word_key("and"), word_key("or")});

bool is_one_of(const auto& words, std::uint64_t key) {
  return std::ranges::find(words, key) != words.end();
}

}  // namespace

std::size_t end_of_street(std::string_view text, std::size_t begin, std::size_t end) {
  if (end - begin > kLongestHouseNumber) return 0;
  bool capitals = true;
  std::size_t at = end;
  for (std::size_t words = 1; words <= kMostWords; ++words) {
    if (at >= text.size() || text[at] != ' ') return 0;
    const std::size_t first = ++at;
    std::uint64_t key = 0;
    bool digits = false;
    while (at < text.size() && (is_letter(text[at]) || is_number(text[at]) || text[at] == '\'')) {
      digits = digits || is_number(text[at]);
      key = add_letter(key, text[at++]);
    }
    const std::size_t size = at - first;
    if (size == 0) return 0;
    capitals = capitals && (is_upper_letter(text[first]) || is_number(text[first]));
    if (words > 1 && !digits && size <= kLongestWord) {
      if (is_one_of(kStreetWords, key) && (capitals || words <= 3)) return at;
      if (capitals && is_one_of(kCapitalStreetWords, key)) return at;
    }
    if (is_one_of(kSentenceWords, key)) return 0;
    if (at < text.size() && text[at] == '.') ++at;  // `N. Main`
  }
  return 0;
}

}  // namespace pim::data::privacy
