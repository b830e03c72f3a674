// Formulas of Mockaroo's own help page and of published schemas, and what is refused.
#include "data/mockaroo/formula.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "data/mockaroo/strftime.h"

namespace pim::data::mockaroo {
namespace {

class FormulaBench : public FormulaRow {
 public:
  const Value& self() const override { return this_value; }
  Answer column(const std::string& name) override {
    const auto found = columns.find(name);
    if (found == columns.end()) return Err{"there is no column '" + name + "'"};
    return found->second;
  }
  Answer from_dataset(const std::string& dataset, const std::string& column,
                      const Criteria& criteria) override {
    std::string text = dataset + "." + column;
    for (const auto& [key, value] : criteria) text += "?" + key + "=" + to_text(value);
    return Value(text);
  }
  std::uint64_t draw() override { return ++draws * 0x9E3779B97F4A7C15ULL; }
  std::int64_t now() const override { return *parse_time("%F %T", "2025-10-01 00:00:00"); }

  Value this_value = "Self";
  std::map<std::string, Value> columns;
  std::uint64_t draws = 0;
};

std::string run(std::string_view text, FormulaBench& bench) {
  const auto formula = Formula::parse(text);
  if (!formula) return std::to_string(formula.error().column) + ": " + formula.error().message;
  const auto value = formula->evaluate(bench);
  if (!value) return "at " + std::to_string(value.error().column) + ": " + value.error().message;
  return value->is_nil() ? "nil" : to_text(*value);
}
std::string run(std::string_view text) {
  FormulaBench bench;
  bench.columns = {{"score", Value(7)},
                   {"first_name", Value("Elowisse")},
                   {"price", Value(2.5)},
                   {"none", Value()},
                   {"My Field", Value("mine")},
                   {"at", Value(Moment{*parse_time("%F %T", "2024-01-31 10:20:30"), "%F %T"})}};
  return run(text, bench);
}

TEST(Formula, Arithmetic) {
  EXPECT_EQ(run("1 + 2 * 3"), "7");
  EXPECT_EQ(run("(1 + 2) * 3 - -1"), "10");
  EXPECT_EQ(run("7 / 2"), "3");
  EXPECT_EQ(run("-7 / 2"), "-4");
  EXPECT_EQ(run("-7 % 3"), "2");
  EXPECT_EQ(run("7 / 2.0"), "3.5");
  EXPECT_EQ(run("2 ** 10"), "1024");
  EXPECT_EQ(run("1_000 + score"), "1007");
  EXPECT_EQ(run("price * 2"), "5.0");
  EXPECT_EQ(run("round(price * 3, 1)"), "7.5");
  EXPECT_EQ(run("round(2.5)"), "3");
  EXPECT_EQ(run("floor(2.9) + ceil(2.1) + abs(-1)"), "6");
  EXPECT_EQ(run("max(1, 5, 3) - min(4, 2)"), "3");
  EXPECT_EQ(run("9223372036854775807 + 1"), "at 21: this becomes too large");
  EXPECT_EQ(run("1 / 0"), "at 3: divided by zero");
  EXPECT_EQ(run("(0 - 9223372036854775807 - 1) / -1"), "at 31: this becomes too large");
  EXPECT_EQ(run("1 + 'a'"), "at 3: cannot add a whole number and a text");
  EXPECT_EQ(run("none + 1"), "at 6: cannot add nil and a whole number");
}

TEST(Formula, LogicAndChoice) {
  EXPECT_EQ(run("if score > 10 then \"high\" elsif score > 5 then \"medium\" else \"low\" end"),
            "medium");
  EXPECT_EQ(run("if score % 2 == 0 then 'even' else 'odd' end"), "odd");
  EXPECT_EQ(run("if false then 1 end"), "nil");
  EXPECT_EQ(run("score > 3 && score < 9 ? 'in' : 'out'"), "in");
  EXPECT_EQ(run("not none and !false"), "true");
  EXPECT_EQ(run("none || 'else'"), "else");
  EXPECT_EQ(run("none == nil"), "true");
  EXPECT_EQ(run("'x' unless score == 7"), "nil");
  EXPECT_EQ(run("case score when 1, 7 then 'found' else 'not' end"), "found");
  EXPECT_EQ(run("this == 'Self' or gone"), "true") << "what is not asked for is not looked up";
}

TEST(Formula, Texts) {
  EXPECT_EQ(run("concat(first_name, ' ', score)"), "Elowisse 7");
  EXPECT_EQ(run("\"#{first_name}: #{score + 1}\""), "Elowisse: 8");
  EXPECT_EQ(run("this + ' - Deposit'"), "Self - Deposit");
  EXPECT_EQ(run("upper('ab') + lower('CD') + capitalize('eF')"), "ABcdEf");
  EXPECT_EQ(run("pad(7, 3, '0')"), "007");
  EXPECT_EQ(run("replace('a-b-c', '-', '+')"), "a+b+c");
  EXPECT_EQ(run("'user@mail.com'.gsub(/\\.([\\w]+)$/, '.\\1.fake')"), "user@mail.com.fake");
  EXPECT_EQ(run("'OH-432'.split('-').last"), "432");
  EXPECT_EQ(run("'Elowisse'[0, 3] + 'Elowisse'[-2..-1] + 'Elowisse'[2]"), "Eloseo");
  EXPECT_EQ(run("format('%05.1f|%3d|%-3s|', 3.14159, 7, 'x')"), "003.1|  7|x  |");
  EXPECT_EQ(run("['a', 'b'].include?('b')"), "true");
  EXPECT_EQ(run("field('My Field').upcase"), "MINE");
  EXPECT_EQ(run("'12'.to_i + 1"), "13");
  EXPECT_EQ(run("''.empty? && ' '.blank? && none.nil?"), "true");
  EXPECT_EQ(run("length('\u00e9t\u00e9')"), "3");
}

TEST(Formula, Digests) {
  EXPECT_EQ(run("digest('abc', 'MD5', 'hex')"), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(run("digest('abc', 'SHA1', 'base64')"), "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  EXPECT_EQ(run("base64('hi') + hex('hi')"), "aGk=6869");
  EXPECT_EQ(run("digest('a', 'HMAC')"),
            "at 1: digest() knows MD5, SHA1, SHA256, SHA384 and SHA512 here");
}

TEST(Formula, Dates) {
  EXPECT_EQ(run("at + seconds(30)"), "2024-01-31 10:21:00");
  EXPECT_EQ(run("at + months(1)"), "2024-02-29 10:20:30");
  EXPECT_EQ(run("at - years(1) + hours(14)"), "2023-02-01 00:20:30");
  EXPECT_EQ(run("concat('PO-', year(at), '-', month(at, true), '-', day(at, true))"),
            "PO-2024-01-31");
  EXPECT_EQ(run("date('7/4/2015')"), "07/04/2015");
  EXPECT_EQ(run("date('2015-01-01')"), "01/01/2015");
  EXPECT_EQ(run("date('31.12.2020', '%d.%m.%Y') + days(1)"), "01.01.2021");
  EXPECT_EQ(run("date_diff('days', at, date('2024-01-01'))"), "30");
  EXPECT_EQ(run("epoch(at)"), "1706696430");
  EXPECT_EQ(run("at.strftime('%Y-%m-%dT%H:%M:%SZ')"), "2024-01-31T10:20:30Z");
  EXPECT_EQ(run("now() > at"), "true");
  EXPECT_EQ(run("date('13/45/2015')"), "at 1: this is no date of the form %m/%d/%Y");
  EXPECT_EQ(run("at + years(100000)"), "at 4: this date leaves the years 1 to 9999");
  EXPECT_EQ(run("year(-2)"), "at 1: a date is expected, not a whole number");
}

TEST(Formula, RandomStaysWithin) {
  FormulaBench bench;
  for (int i = 0; i < 200; ++i) {
    const auto number = std::stoi(run("random(5, 9)", bench));
    EXPECT_GE(number, 5);
    EXPECT_LE(number, 9);
  }
  EXPECT_EQ(run("random(3, 3)"), "3");
  const auto day = run("random(now() + days(-10), now() + days(-20)).strftime('%F')");
  EXPECT_GE(day, "2025-09-11");
  EXPECT_LE(day, "2025-09-21");
}

TEST(Formula, AsksForDatasets) {
  EXPECT_EQ(run("from_dataset(\"People\", \"name\", id: score, b: 'x')"), "People.name?id=7?b=x");
  const auto formula = Formula::parse("concat(from_dataset('P', 'n', id: a), field('B c'))");
  ASSERT_TRUE(formula.ok());
  ASSERT_EQ(formula->datasets().size(), 1u);
  EXPECT_EQ(formula->datasets()[0].columns, (std::vector<std::string>{"n", "id"}));
  ASSERT_EQ(formula->columns().size(), 2u);
  EXPECT_EQ(formula->columns()[1].name, "B c");
  EXPECT_NE(run("from_dataset('P')").find("is written"), std::string::npos);
}

TEST(Formula, WhatPublishedSchemasCall) {
  EXPECT_EQ(run("concat(Time.now.strftime(\"%Y\"), Date.today.strftime('%m'))"), "202510");
  EXPECT_EQ(run("'+1-960-555-0147'.delete('^0-9')"), "19605550147");
  EXPECT_EQ(run("'a-b^c'.delete('^')"), "a-bc");
  EXPECT_EQ(run("'a-b1'.delete('a-c-')"), "1");
  EXPECT_EQ(run("'b'.delete('z-a')").substr(0, 3), "at ");
  EXPECT_EQ(run("field('at').to_time.to_i"), "1706696430");
  EXPECT_EQ(run("/\\d{3}/.gen.to_i < 1000"), "true");
  const auto made = run("/(PH|CP)/.gen");
  EXPECT_TRUE(made == "PH" || made == "CP") << made;
  EXPECT_EQ(run("'x'.gen").substr(0, 3), "at ");
}

TEST(Formula, RefusesByNameAndPlace) {
  EXPECT_EQ(run("/[:last_name:]/.gen"),
            "1: this regex is not known here: '[:last_name:]' is not known here");
  EXPECT_EQ(run("request_params['page']").substr(0, 20), "1: request_params is");
  EXPECT_EQ(run("bcrypt('x')"), "1: the function 'bcrypt' is not known here");
  EXPECT_EQ(run("1 + foo(2)"), "5: the function 'foo' is not known here");
  EXPECT_EQ(run("this.tr('a', 'b')"), "6: the method 'tr' is not known here");
  EXPECT_EQ(run("if class == 1 then 2 end"),
            "4: 'class' is a word of Ruby's own: a column is field('class')");
  EXPECT_EQ(run("round()"), "1: round takes 1 to 2 arguments, not 0");
  EXPECT_EQ(run("1 +"), "4: the formula ends too early");
  EXPECT_EQ(run("1 2"), "3: this value is not expected here");
  EXPECT_EQ(run("x = 1"), "3: variables of a formula's own are not known here; == compares");
  EXPECT_EQ(run("'abc"), "1: this quote is never closed");
  EXPECT_EQ(run("'\u00e9' + @x"), "7: '@' is not known here");
  EXPECT_EQ(run(""), "1: the formula is empty");
  EXPECT_EQ(run("if true then 1").substr(0, 3), "15:");
  EXPECT_EQ(run("gone"), "at 1: there is no column 'gone'");
}

TEST(Formula, IsBounded) {
  EXPECT_NE(run(std::string(20'000, '1')).find("longer than 10,000"), std::string::npos);
  EXPECT_NE(run(std::string(5000, '(')).find("too deeply"), std::string::npos);
  EXPECT_NE(run(std::string(5000, '!')).find("too deeply"), std::string::npos);
  EXPECT_NE(run(std::string(5000, '-')).find("too deeply"), std::string::npos);
  std::string sum = "1";
  for (int i = 0; i < 2000; ++i) sum += "+1";
  EXPECT_NE(run(sum).find("too deeply"), std::string::npos);
  EXPECT_NE(run("'aaaaaaaaaa' * 1000 * 1000").find("too long"), std::string::npos);
  EXPECT_NE(run("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.gsub(/(a+)+(a+)+(a+)+c/, '')")
                .find("too many steps"),
            std::string::npos);
}

// Cut and shuffled formulas: an answer of either kind, never a crash.
TEST(Formula, SurvivesDamage) {
  constexpr std::string_view kParts[] = {"if ",        "then ",
                                         "elsif ",     "else ",
                                         "end ",       "(",
                                         ")",          "[",
                                         "]",          "'a'",
                                         "\"#{",       "}\"",
                                         "1",          "2.5",
                                         "+",          "-",
                                         "*",          "/",
                                         "%",          "**",
                                         "==",         "<",
                                         "&&",         "||",
                                         "!",          "?",
                                         ":",          ",",
                                         ".",          "..",
                                         "this",       "score ",
                                         "now()",      "days(",
                                         "random(",    "concat(",
                                         "field('",    "from_dataset('a','b',c:",
                                         "/a+/",       ".gsub(",
                                         ".strftime(", "date(",
                                         "case ",      "when ",
                                         "not ",       "nil",
                                         "\\",         "#",
                                         ";",          "\xC3\xA9"};
  const std::uint32_t seed = 20251001;
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const auto parts = random() % 14;
    for (std::uint32_t part = 0; part < parts; ++part) text += kParts[random() % std::size(kParts)];
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + text);
    EXPECT_FALSE(run(text).empty() && text.empty());
  }
}

}  // namespace
}  // namespace pim::data::mockaroo
