#include "data/privacy/text_scan.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "data/privacy/label_words.h"
#include "data/privacy/names.h"
#include "data/privacy/shapes.h"
#include "data/privacy/street.h"
#include "data/privacy/word_key.h"
#include "domain/codes.h"
#include "domain/ids.h"

namespace pim::data::privacy {
namespace {

enum CharClass : std::uint8_t {
  kSeparator = 0,
  kDigitChar = 1,
  kLetterChar = 2,
  kLatinLead = 4,     // of a two-byte letter with an accent: U+00C0 to U+024F
  kContinuation = 8,  // a letter's second byte, where a lead stands before it
};

constexpr std::array<std::uint8_t, 256> make_char_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (std::size_t c = 0; c < 256; ++c) {
    const char as_char = static_cast<char>(c);
    if (is_number(as_char)) classes[c] = kDigitChar;
    if (is_letter(as_char)) classes[c] = kLetterChar;
    if (c >= 0xC3 && c <= 0xC9) classes[c] = kLatinLead;
    if (c >= 0x80 && c <= 0xBF) classes[c] = kContinuation;
  }
  return classes;
}
constexpr auto kCharClasses = make_char_classes();

// The letters of U+00C0 to U+00DF without accent; U+00E0 to U+00FF are the same in lower case.
constexpr std::string_view kWithoutAccent = "aaaaaaaceeeeiiiidnooooo_ouuuuyts";

constexpr char kOtherLetter = '_';  // of no name

constexpr std::size_t kUuidSize = 36;
constexpr std::size_t kMostGroups = 6;  // of digits, in one shape
constexpr std::size_t kLongestEmailPart = 64;

// A maximal run of letters and digits.
struct Token {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::uint64_t word = 0;  // word_key of its letters
  std::size_t letters = 0;
  std::size_t digits = 0;

  bool is_word() const { return digits == 0 && letters <= kLongestWord; }
  bool is_digits() const { return letters == 0; }
};

// Runs of digits joined by one separator each: 614-555-0100, 10.0.0.1, 4111 1111 1111 1111.
struct DigitGroups {
  std::array<std::size_t, kMostGroups> begin{};
  std::array<std::size_t, kMostGroups> size{};
  std::array<char, kMostGroups> before{};  // the separator before the group; the first has none
  std::size_t count = 0;
  bool more = false;  // what follows is part of the same thing

  std::size_t end_of(std::size_t groups) const { return begin[groups - 1] + size[groups - 1]; }
};

constexpr std::uint64_t operator""_word(const char* text, std::size_t size) {
  return word_key({text, size});
}

constexpr auto kTelephoneLabels = [] {
  std::array<std::uint64_t, kTelephoneWords.size()> keys{};
  std::ranges::transform(kTelephoneWords, keys.begin(), word_key);
  return keys;
}();

class Scan {
 public:
  Scan(std::string_view text, TextRules rules, std::vector<TextHit>& hits)
      : text_(text), rules_(rules), by_form_(rules.go_by_form()), hits_(hits) {}

  void run() {
    if (by_form_) take_whole();
    while (at_ < text_.size()) {
      const auto kind = class_at(at_);
      if ((kind & (kDigitChar | kLetterChar | kLatinLead)) != 0) {
        take_token();
      } else {
        take_separator(text_[at_]);
      }
    }
  }

 private:
  // The text, asked without care for its ends

  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  char before(std::size_t i, std::size_t steps = 1) const {
    return i >= steps ? text_[i - steps] : '\0';
  }
  std::uint8_t class_at(std::size_t i) const {
    return i < text_.size() ? kCharClasses[static_cast<unsigned char>(text_[i])] : 0;
  }
  bool is_in_word(std::size_t i) const {
    return (class_at(i) & (kDigitChar | kLetterChar | kLatinLead)) != 0;
  }
  // By form alone, a letter with an accent ends a number as any other sign does.
  bool goes_on(std::size_t i) const {
    return by_form_ ? (class_at(i) & (kDigitChar | kLetterChar)) != 0 : is_in_word(i);
  }
  bool ends_in_word(std::size_t i) const {  // the character before i
    return i > 0 && is_in_word(i - 1);
  }

  void hit(Rule rule, std::size_t begin, std::size_t end) {
    if (rules_.has(rule)) hits_.push_back({rule, begin, end - begin});
  }
  // Shapes end here: what they hold is nothing else besides.
  void hit_and_pass(Rule rule, std::size_t begin, std::size_t end) {
    hit(rule, begin, end);
    pass(end);
  }
  void pass(std::size_t end) {
    at_ = end;
    previous_ = {};
  }

  Token read_token(std::size_t i) const {
    Token token;
    token.begin = i;
    for (; i < text_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      const auto kind = kCharClasses[byte];
      if (kind == kLetterChar) {
        token.word = add_letter(token.word, text_[i]);
        ++token.letters;
      } else if (kind == kDigitChar) {
        if (by_form_ && i > token.begin && class_at(i - 1) == kContinuation) break;
        ++token.digits;
      } else if (kind == kLatinLead && class_at(i + 1) == kContinuation) {
        if (by_form_ && token.digits != 0) break;
        ++i;
        const auto plain = byte == 0xC3 ? kWithoutAccent[static_cast<unsigned char>(text_[i]) & 31U]
                                        : kOtherLetter;
        token.word = add_letter(token.word, plain);
        ++token.letters;
      } else {
        break;
      }
    }
    token.end = std::max(i, token.begin + 1);  // a lead without its second byte stands alone
    return token;
  }

  // The word after one space, hyphen or underscore; an empty one where there is none.
  Token next_word(std::size_t end) const {
    const char joint = at(end);
    if ((joint != ' ' && joint != '-' && joint != '_') || class_at(end + 1) != kLetterChar) {
      return {};
    }
    return read_token(end + 1);
  }

  // What only the text as a whole is, however badly it is written.
  void take_whole() {
    if (has_email_form(text_)) hit(Rule::email, 0, text_.size());
    if (has_card_form(text_)) hit(Rule::card, 0, text_.size());
    if (has_ipv4_form(text_)) hit(Rule::ipv4, 0, text_.size());
    if (text_.starts_with("MRN")) hit(Rule::mrn, 0, text_.size());
  }

  void take_token() {
    const Token token = read_token(at_);
    at_ = token.end;
    if (at(token.end) == ':' && at(token.end + 1) == '/' && at(token.end + 2) == '/') {
      return take_url(token.begin);
    }
    if (token.end - token.begin == 8 && at(token.end) == '-' && pass_uuid(token)) return;
    if (token.end - token.begin <= 4 && at(token.end) == ':' && take_ipv6(token.begin)) return;
    if (token.is_digits()) {
      take_number(token);
    } else if (token.is_word()) {
      take_word(token);
    } else if (token.digits != 0) {
      take_mixed(token);
    }
    if (at_ == token.end) previous_ = token;
  }

  bool pass_uuid(const Token& token) {
    const auto candidate = text_.substr(token.begin, kUuidSize);
    if (candidate.size() != kUuidSize || is_in_word(token.begin + kUuidSize)) return false;
    if (!Uuid::parse(candidate)) return false;
    pass(token.begin + kUuidSize);
    return true;
  }

  void take_separator(char c) {
    const std::size_t begin = at_++;
    if (c == '@') {
      take_email(begin);
    } else if (c == '(') {
      take_phone_in_brackets(begin);
    } else if (c == ':' && at(begin + 1) == ':' && !ends_in_word(begin)) {
      take_ipv6(begin);
    } else if (c == ':' && at(begin + 1) == '/' && at(begin + 2) == '/' && by_form_) {
      take_url(begin);
    }
  }

  // Words

  void take_word(const Token& token) {
    switch (token.word) {
      case "www"_word:
        if (at(token.end) == '.' && (by_form_ || is_in_word(token.end + 1))) {
          return take_url(token.begin);
        }
        break;
      case "mrn"_word:
        return hit(Rule::mrn, token.begin, token.end);
      case "medical"_word:
      case "med"_word:
      case "chart"_word:
        return take_record_label(token);
      case "dob"_word:
      case "birthdate"_word:
      case "dateofbirth"_word:
      case "nacimiento"_word:
        return hit(Rule::birth_date, token.begin, token.end);
      case "date"_word:
      case "birth"_word:
      case "born"_word:
      case "d"_word:
        return take_birth_label(token);
      case "box"_word:
        return take_box(token);
      default:
        take_name(token);
    }
  }

  void take_record_label(const Token& token) {
    const auto next = next_word(token.end);
    if (token.word == "chart"_word) {
      if (next.word == "number"_word || next.word == "no"_word || at(token.end) == '#' ||
          (at(token.end) == ' ' && at(token.end + 1) == '#')) {
        hit(Rule::mrn, token.begin, std::max(next.end, token.end));
      }
    } else if (next.word == "record"_word || next.word == "records"_word ||
               next.word == "rec"_word) {
      hit_and_pass(Rule::mrn, token.begin, next.end);
    }
  }

  void take_birth_label(const Token& token) {
    const auto next = next_word(token.end);
    if (token.word == "date"_word && next.word == "of"_word) {
      const auto last = next_word(next.end);
      if (last.word == "birth"_word) hit_and_pass(Rule::birth_date, token.begin, last.end);
    } else if (token.word == "birth"_word) {
      if (next.word == "date"_word || next.word == "day"_word) {
        hit_and_pass(Rule::birth_date, token.begin, next.end);
      }
    } else if (token.word == "born"_word) {
      const bool label = next.word == "on"_word || at(token.end) == ':' ||
                         (at(token.end) == ' ' && is_number(at(token.end + 1)));
      if (label) hit(Rule::birth_date, token.begin, std::max(next.end, token.end));
    } else if (at(token.end) == '.' && to_upper(at(token.end + 1)) == 'O' &&
               at(token.end + 2) == '.' && to_upper(at(token.end + 3)) == 'B' &&
               !is_in_word(token.end + 4)) {
      hit_and_pass(Rule::birth_date, token.begin, token.end + 4);
    }
  }

  // P.O. Box 12
  void take_box(const Token& token) {
    std::size_t i = token.begin;
    const auto step_back = [&](char upper) {
      if (to_upper(before(i)) != upper) return false;
      --i;
      return true;
    };
    if (!step_back(' ')) return;
    step_back('.');
    if (!step_back('O')) return;
    step_back('.');
    if (!step_back('P') || ends_in_word(i)) return;
    const std::size_t number = token.end + (at(token.end) == ' ' ? 1 : 0);
    if (is_number(at(number))) hit_and_pass(Rule::street, i, number);
  }

  bool begins_upper(const Token& token) const {
    return is_upper_letter(text_[token.begin]) || class_at(token.begin) == kLatinLead;
  }
  // `Ann`, not `ANN` and not `ann`: in three letters those are too often something else.
  bool is_title_case(const Token& token) const {
    return begins_upper(token) && !is_upper_letter(text_[token.end - 1]);
  }

  void take_name(const Token& token) {
    if (!rules_.has(Rule::name)) return;
    const auto kind = name_kind(token.word);
    if (!kind.given && !kind.surname) return;
    const bool alone = !kind.ordinary && (token.letters > 3 || is_title_case(token));
    if (!alone && !pairs_with_previous(token, kind)) return;
    std::size_t begin = token.begin;
    // a given name and a surname are one hit
    if (!hits_.empty() && hits_.back().rule == Rule::name &&
        hits_.back().at + hits_.back().size + 2 >= token.begin) {
      begin = hits_.back().at;
      hits_.pop_back();
    } else if (!alone) {
      begin = previous_.begin;
    }
    hit(Rule::name, begin, token.end);
  }

  // `Grace Young`, `Young, Grace`: two words that are also names, both with a capital.
  bool pairs_with_previous(const Token& token, NameKind kind) const {
    if (previous_.letters == 0 || !previous_.is_word()) return false;
    const auto gap = text_.substr(previous_.end, token.begin - previous_.end);
    if (gap != " " && gap != ", ") return false;
    if (!begins_upper(token) || !begins_upper(previous_)) return false;
    const auto other = name_kind(previous_.word);
    return gap == " " ? other.given && kind.surname : other.surname && kind.given;
  }

  // Letters and digits together

  void take_mixed(const Token& token) {
    const auto text = text_.substr(token.begin, token.end - token.begin);
    if (counts_as_mbi(text)) return hit(Rule::mbi, token.begin, token.end);
    if (is_vin(text)) return hit(Rule::vin, token.begin, token.end);
    if (text.size() == 4 && at(token.end) == '-') return take_mbi_with_hyphens(token);
    if (token.letters == 3 && token.word == "mrn"_word && is_letter(text[2])) {
      hit(Rule::mrn, token.begin, token.end);
    }
  }

  bool counts_as_mbi(std::string_view text) const {
    return by_form_ ? has_mbi_form(text) : is_mbi(text);
  }

  // 1EG4-TE5-MK73
  void take_mbi_with_hyphens(const Token& token) {
    constexpr std::size_t kSize = 13;
    const auto text = text_.substr(token.begin, kSize);
    if (text.size() != kSize || text[8] != '-' || goes_on(token.begin + kSize)) return;
    std::array<char, 11> bare{};
    auto* out = std::copy_n(text.begin(), 4, bare.begin());
    out = std::copy_n(text.begin() + 5, 3, out);
    std::copy_n(text.begin() + 9, 4, out);
    if (counts_as_mbi({bare.data(), bare.size()})) {
      hit_and_pass(Rule::mbi, token.begin, token.begin + kSize);
    }
  }

  // Numbers

  // Whether the number goes on to the left: the 9 of E11.9, the 15 of 10:15, of 1,015, of 03-15.
  bool continues_to_the_left(std::size_t begin) const {
    constexpr std::string_view kJoints = "-.,:/_";
    return kJoints.find(before(begin)) != std::string_view::npos && is_number(before(begin, 2));
  }
  bool continues_to_the_right(std::size_t end) const {
    constexpr std::string_view kJoints = "-.,:/_";
    return kJoints.find(at(end)) != std::string_view::npos && is_number(at(end + 1));
  }

  DigitGroups read_groups(const Token& first) const {
    DigitGroups groups;
    groups.begin[0] = first.begin;
    groups.size[0] = first.digits;
    groups.count = 1;
    std::size_t end = first.end;
    while (true) {
      const char joint = at(end);
      if ((joint != '-' && joint != '.' && joint != ' ') || !is_number(at(end + 1))) return groups;
      std::size_t next = end + 1;
      while (is_number(at(next))) ++next;
      const bool too_long = groups.count == kMostGroups;
      if (too_long || goes_on(next)) {
        groups.more = joint != ' ';
        return groups;
      }
      groups.begin[groups.count] = end + 1;
      groups.size[groups.count] = next - end - 1;
      groups.before[groups.count] = joint;
      ++groups.count;
      end = next;
    }
  }

  // Whether the groups begin with these sizes, and end there or go on behind a space only; by form
  // alone, behind anything.
  bool has_shape(const DigitGroups& groups, std::initializer_list<std::size_t> sizes) const {
    if (groups.count < sizes.size()) return false;
    if (!std::equal(sizes.begin(), sizes.end(), groups.size.begin())) return false;
    if (by_form_) return true;
    if (groups.count > sizes.size()) return groups.before[sizes.size()] == ' ';
    return !groups.more;
  }
  // The same separator between the first `count` groups; '\0' where they differ.
  static char joint_of(const DigitGroups& groups, std::size_t count) {
    for (std::size_t i = 2; i < count; ++i) {
      if (groups.before[i] != groups.before[1]) return '\0';
    }
    return groups.before[1];
  }

  // 12 345.6789
  static bool reads_as_amount(const DigitGroups& groups, std::size_t count) {
    if (count < 2 || groups.before[count - 1] != '.' || groups.size[count - 1] > 4) return false;
    return std::ranges::all_of(std::span(groups.before).subspan(1, count - 2),
                               [](char joint) { return joint == ' '; });
  }

  struct Digits {
    std::array<char, 24> text{};
    std::size_t size = 0;
    std::string_view view() const { return {text.data(), size}; }
  };
  // Of groups first to last - 1, without separators.
  Digits digits_of(const DigitGroups& groups, std::size_t first, std::size_t last) const {
    Digits digits;
    for (std::size_t g = first; g < last; ++g) {
      for (std::size_t i = 0; i < groups.size[g] && digits.size < digits.text.size(); ++i) {
        digits.text[digits.size++] = text_[groups.begin[g] + i];
      }
    }
    return digits;
  }

  void take_number(const Token& token) {
    const bool continues = continues_to_the_left(token.begin);
    if (continues && !by_form_) return;
    const auto groups = read_groups(token);
    if (groups.count > 1 && (take_phone(groups) || take_ssn(groups))) return;
    if (continues) return;
    if (groups.count > 1 && (take_ipv4(groups) || take_card(groups) || take_long_zip(groups))) {
      return;
    }
    if (!continues_to_the_right(token.end) && take_bare_number(token)) return;
    if (before(token.begin) == '+' && take_international(groups)) return;
    if (follows_phone_label(token.begin) && take_labelled_phone(groups)) return;
    if (at(token.end) == ' ') {
      const auto end = end_of_street(text_, token.begin, token.end);
      if (end != 0) hit_and_pass(Rule::street, token.begin, end);
    }
  }

  bool take_bare_number(const Token& token) {
    const auto digits = text_.substr(token.begin, token.digits);
    const char sign = before(token.begin);
    if (sign == '$' || sign == '+') return false;
    Rule rule{};
    if (token.digits == 5 && follows_state(token.begin)) {
      rule = Rule::zip;
    } else if (may_be_ssn(digits)) {
      rule = Rule::ssn_bare;
    } else if (may_be_phone(digits) && !is_fictitious_phone(digits) && !Npi::parse(digits)) {
      rule = Rule::phone_bare;
    } else if (is_card_number(digits)) {
      rule = Rule::card;
    } else {
      return false;
    }
    hit(rule, token.begin, token.end);
    return rules_.has(rule);
  }

  bool take_ipv4(const DigitGroups& groups) {
    if (!has_shape_of_four_octets(groups)) return false;
    const auto begin = groups.begin[0];
    const auto end = groups.end_of(4);
    const auto text = text_.substr(begin, end - begin);
    const bool found =
        (by_form_ ? is_ipv4(text) : is_somebodys_ipv4(text)) && !follows_version_label(begin);
    if (!found && by_form_) return false;  // part of it may be something else
    if (found) hit(Rule::ipv4, begin, end);
    pass(end);
    return true;
  }
  static bool has_shape_of_four_octets(const DigitGroups& groups) {
    if (groups.count < 4 || joint_of(groups, 4) != '.') return false;
    if (std::ranges::max(std::span(groups.size).first<4>()) > 3) return false;
    if (groups.count > 4) return groups.before[4] == ' ';
    return !groups.more;
  }
  // `version 1.2.3.4`, `Chrome/1.2.3.4`
  bool follows_version_label(std::size_t begin) const {
    if (begin >= 2 && text_[begin - 1] == '/' && is_in_word(begin - 2)) return true;
    if (before(begin) != ' ' && before(begin) != '=' && before(begin) != ':') return false;
    switch (previous_.word) {
      case "version"_word:
      case "ver"_word:
      case "release"_word:
      case "build"_word:
      case "v"_word:
        return previous_.end + 2 >= begin;
      default:
        return false;
    }
  }

  bool take_ssn(const DigitGroups& groups) {
    if (!has_shape(groups, {3, 2, 4}) || joint_of(groups, 3) == '\0') return false;
    if (by_form_ || may_be_ssn(digits_of(groups, 0, 3).view())) {
      hit(Rule::ssn, groups.begin[0], groups.end_of(3));
    }
    pass(groups.end_of(3));
    return true;
  }

  bool is_nobodys_phone(std::string_view digits) const {
    return !by_form_ && is_fictitious_phone(digits);
  }

  bool take_phone(const DigitGroups& groups) {
    const bool with_country = has_shape(groups, {1, 3, 3, 4}) && text_[groups.begin[0]] == '1';
    if (!with_country && !has_shape(groups, {3, 3, 4})) return false;
    const std::size_t first = with_country ? 1 : 0;
    const std::size_t end = groups.end_of(first + 3);
    const auto digits = digits_of(groups, first, first + 3);
    // with spaces alone it may be three numbers in a row
    const bool spaced = groups.before[first + 1] == ' ' && groups.before[first + 2] == ' ';
    if (by_form_ ? reads_as_amount(groups, first + 3) : spaced && !may_be_phone(digits.view())) {
      return false;
    }
    if (!is_nobodys_phone(digits.view())) hit(Rule::phone, groups.begin[0], end);
    pass(end);
    return true;
  }

  // (614) 555-0100, at the bracket
  void take_phone_in_brackets(std::size_t begin) {
    const auto digits_from = [this](std::size_t i, std::size_t count) {
      for (std::size_t k = 0; k < count; ++k) {
        if (!is_number(at(i + k))) return false;
      }
      return true;
    };
    if (!digits_from(begin + 1, 3) || at(begin + 4) != ')') return;
    std::size_t exchange = begin + 5;
    if (at(exchange) == ' ' || at(exchange) == '-' || at(exchange) == '.') ++exchange;
    if (!digits_from(exchange, 3)) return;
    std::size_t line = exchange + 3;
    if (at(line) == ' ' || at(line) == '-' || at(line) == '.') ++line;
    if (!digits_from(line, 4) || goes_on(line + 4)) return;
    const bool fictitious =
        !by_form_ && text_.substr(exchange, 3) == "555" && text_.substr(line, 2) == "01";
    if (!fictitious) hit(Rule::phone, begin, line + 4);
    pass(line + 4);
  }

  // +49 30 901820: at least ten digits, at most the fifteen of E.164
  bool take_international(const DigitGroups& groups) {
    constexpr std::size_t kFewest = 10;
    constexpr std::size_t kMost = 15;
    std::size_t total = 0;
    std::size_t count = 0;
    while (count < groups.count && total + groups.size[count] <= kMost) {
      total += groups.size[count++];
    }
    if (total < kFewest || is_in_word(before_plus(groups))) return false;
    if (by_form_ && reads_as_amount(groups, count)) return false;
    const auto digits = digits_of(groups, 0, count);
    const bool fictitious = total == 11 && digits.text[0] == '1' && is_nobodys_phone(digits.view());
    const auto end = groups.end_of(count);
    if (!fictitious) hit(Rule::phone, groups.begin[0] - 1, end);
    pass(end);
    return true;
  }
  std::size_t before_plus(const DigitGroups& groups) const {
    return groups.begin[0] >= 2 ? groups.begin[0] - 2 : text_.size();
  }

  bool follows_phone_label(std::size_t begin) const {
    if (previous_.end == 0 || previous_.end + 4 < begin) return false;
    return previous_.is_word() &&
           (previous_.word == "cell"_word ||
            std::ranges::find(kTelephoneLabels, previous_.word) != kTelephoneLabels.end());
  }
  // phone: 555-1234
  bool take_labelled_phone(const DigitGroups& groups) {
    std::size_t total = 0;
    for (std::size_t i = 0; i < groups.count; ++i) total += groups.size[i];
    if (total < 7 || total > 15) return false;
    const auto digits = digits_of(groups, 0, groups.count);
    if (!is_nobodys_phone(digits.view())) {
      hit(Rule::phone, groups.begin[0], groups.end_of(groups.count));
    }
    pass(groups.end_of(groups.count));
    return true;
  }

  bool take_card(const DigitGroups& groups) {
    std::size_t count = 0;
    if (has_shape(groups, {4, 4, 4, 4, 3})) {
      count = 5;
    } else if (has_shape(groups, {4, 4, 4, 4})) {
      count = 4;
    } else if (has_shape(groups, {4, 6, 5}) || has_shape(groups, {4, 6, 4})) {
      count = 3;
    } else {
      return false;
    }
    if (joint_of(groups, count) == '\0' || joint_of(groups, count) == '.') return false;
    if (!is_card_number(digits_of(groups, 0, count).view())) return false;
    hit_and_pass(Rule::card, groups.begin[0], groups.end_of(count));
    return true;
  }

  // 43215-1234
  bool take_long_zip(const DigitGroups& groups) {
    if (!has_shape(groups, {5, 4}) || groups.before[1] != '-') return false;
    hit_and_pass(Rule::zip, groups.begin[0], groups.end_of(2));
    return true;
  }

  // `OH 43215`, `Boise, ID 83702`, `zip: 43215`
  bool follows_state(std::size_t begin) const {
    if (previous_.end == 0 || !previous_.is_word() || previous_.end + 3 < begin) return false;
    if (previous_.word == "zip"_word || previous_.word == "zipcode"_word ||
        previous_.word == "postal"_word || previous_.word == "code"_word) {
      return previous_.word != "code"_word || follows_zip(previous_.begin);
    }
    const auto state = text_.substr(previous_.begin, previous_.end - previous_.begin);
    if (state.size() != 2 || previous_.end + 1 != begin || at(previous_.end) != ' ') return false;
    if (!UsState::parse(state)) return false;
    // `OK 12345`, `ID 12345`: these need the comma of a city before them
    constexpr std::string_view kWords = "AL AS CO DE HI ID IN LA MA ME MS OK OR PA PR";
    const bool comma = before(previous_.begin) == ' ' && before(previous_.begin, 2) == ',';
    return comma || kWords.find(state) == std::string_view::npos;
  }
  bool follows_zip(std::size_t begin) const {
    const auto text = text_.substr(0, begin);
    const auto ends_with = [&](std::string_view lower) {
      return text.size() >= lower.size() &&
             std::equal(lower.begin(), lower.end(),
                        text.end() - static_cast<std::ptrdiff_t>(lower.size()),
                        [](char a, char b) { return to_upper(a) == to_upper(b); });
    };
    return ends_with("zip ") || ends_with("postal ") || ends_with("zip_") || ends_with("postal_");
  }

  // Addresses

  void take_url(std::size_t begin) {
    constexpr std::string_view kEnd = " \t\r\n\"'<>`";
    hit_and_pass(Rule::url, begin, std::min(text_.find_first_of(kEnd, begin), text_.size()));
  }

  void take_email(std::size_t sign) {
    constexpr std::string_view kLocal = "._%+-";
    std::size_t begin = sign;
    while (begin > 0 && sign - begin < kLongestEmailPart &&
           (is_in_word(begin - 1) || (class_at(begin - 1) == kContinuation) ||
            kLocal.find(text_[begin - 1]) != std::string_view::npos)) {
      --begin;
    }
    std::size_t end = sign + 1;
    while (is_in_word(end) || ((at(end) == '.' || at(end) == '-') && is_in_word(end + 1))) ++end;
    const auto domain = text_.substr(sign + 1, end - sign - 1);
    const auto dot = domain.rfind('.');
    if (begin == sign || dot == std::string_view::npos || dot == 0) return;
    const auto top = domain.substr(dot + 1);
    if (top.size() < 2 || !std::ranges::all_of(top, is_letter)) return;
    if (!by_form_ && is_reserved_domain(domain)) {
      pass(end);
      return;
    }
    // the name in it is part of it
    while (!hits_.empty() && hits_.back().at >= begin) hits_.pop_back();
    hit_and_pass(Rule::email, begin, end);
  }

  // At the first character of what may be one. Times come here too: 10:15:00.
  bool take_ipv6(std::size_t begin) {
    if (begin < not_ipv6_before_ || before(begin) == ':' || before(begin) == '.') return false;
    std::size_t end = begin;
    while (end < text_.size() && end - begin < 46 && is_ipv6_char(text_[end])) ++end;
    const bool cut = is_in_word(end);
    while (end > begin + 2 && text_[end - 1] == '.') --end;
    if (end > begin + 2 && text_[end - 1] == ':' && text_[end - 2] != ':') --end;
    not_ipv6_before_ = end;
    const auto text = text_.substr(begin, end - begin);
    if (cut || !(by_form_ ? is_ipv6(text) : is_somebodys_ipv6(text))) return false;
    hit_and_pass(Rule::ipv6, begin, end);
    return true;
  }
  static bool is_ipv6_char(char c) {
    const char upper = to_upper(c);
    return is_number(c) || (upper >= 'A' && upper <= 'F') || c == ':' || c == '.';
  }

  std::string_view text_;
  TextRules rules_;
  bool by_form_;
  std::vector<TextHit>& hits_;
  std::size_t at_ = 0;
  std::size_t not_ipv6_before_ = 0;
  Token previous_;  // its end is 0 where none stands before, or something that was passed
};

}  // namespace

void scan_text(std::string_view text, TextRules rules, std::vector<TextHit>& hits) {
  hits.clear();
  Scan(text, rules, hits).run();
}

}  // namespace pim::data::privacy
