#include "data/mockaroo/formula_parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include "data/mockaroo/formula_functions.h"

namespace pim::data::mockaroo {
namespace {

using Node = Formula::Node;
using Op = Node::Op;
using Parsed = Result<Node, LexError>;

constexpr std::size_t kMaxHeight = 60;
constexpr std::size_t kMaxFormulaNodes = 2000;
constexpr std::size_t kMaxFormulaArguments = 100;

constexpr auto kKeywords = std::to_array<std::string_view>(
    {"if", "elsif", "else", "end", "then", "unless", "case", "when", "and", "or", "not"});
// Ruby would not read these as columns, so nor do we.
constexpr auto kReserved = std::to_array<std::string_view>(
    {"alias",  "begin", "break",  "class",  "def",   "defined", "do",     "ensure",
     "for",    "in",    "lambda", "module", "next",  "redo",    "rescue", "retry",
     "return", "self",  "super",  "undef",  "until", "while",   "yield"});

class FormulaParser {
 public:
  FormulaParser(std::string_view source, std::size_t base, std::size_t depth, ParsedFormula& into)
      : source_(source), base_(base), depth_(depth), into_(into) {}

  Parsed parse() {
    auto tokens = lex_formula(source_, base_);
    if (!tokens) return Err{tokens.error()};
    tokens_ = std::move(*tokens);
    if (peek().kind == Token::Kind::end) return fail("the formula is empty");
    auto node = statement();
    if (!node) return node;
    take(";");
    if (peek().kind != Token::Kind::end) return unexpected();
    return node;
  }

 private:
  const Token& peek(std::size_t ahead = 0) const {
    return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
  }
  bool is(std::string_view text, std::size_t ahead = 0) const {
    const Token& token = peek(ahead);
    return (token.kind == Token::Kind::sign || token.kind == Token::Kind::name) &&
           token.text == text;
  }
  bool take(std::string_view text) {
    if (!is(text)) return false;
    ++next_;
    return true;
  }
  Err<LexError> fail(std::string message) const { return fail_at(peek().at, std::move(message)); }
  static Err<LexError> fail_at(std::size_t at, std::string message) {
    return Err{LexError{at, std::move(message)}};
  }
  Err<LexError> unexpected() const {
    const Token& token = peek();
    if (token.kind == Token::Kind::end) return fail("the formula ends too early");
    const bool shown = token.kind == Token::Kind::name || token.kind == Token::Kind::sign;
    return fail((shown ? "'" + token.text + "'" : std::string("this value")) +
                " is not expected here");
  }
  Result<void, LexError> expect(std::string_view text) {
    if (take(text)) return {};
    return fail("'" + std::string(text) + "' is expected here");
  }

  static Node make(Op op, std::size_t at, std::string text = {}) {
    Node node;
    node.op = op;
    node.at = at;
    node.text = std::move(text);
    return node;
  }
  // Every tree grows through here, so that none is too large to be walked.
  Parsed finish(Node node) {
    for (const auto& kid : node.kids) node.height = std::max(node.height, kid.height + 1);
    if (node.height > kMaxHeight) return fail_at(node.at, "the formula is nested too deeply");
    if (++nodes_ > kMaxFormulaNodes) return fail_at(node.at, "the formula is too long");
    return node;
  }

  // Guards what calls itself.
  class Deeper {
   public:
    explicit Deeper(std::size_t& depth) : depth_(depth) { ++depth_; }
    ~Deeper() { --depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    std::size_t& depth_;
  };

  // An expression, and Ruby's `value if condition`.
  Parsed statement() {
    auto value = expression();
    if (!value) return value;
    const bool unless = is("unless");
    if (!unless && !is("if")) return value;
    const auto at = peek().at;
    ++next_;
    auto condition = expression();
    if (!condition) return condition;
    return choose(at, std::move(*condition), std::move(*value), unless);
  }

  Parsed choose(std::size_t at, Node condition, Node value, bool negated) {
    if (negated) {
      Node wrapped = make(Op::unary, at, "!");
      wrapped.kids.push_back(std::move(condition));
      auto done = finish(std::move(wrapped));
      if (!done) return done;
      condition = std::move(*done);
    }
    Node node = make(Op::choose, at);
    node.kids.push_back(std::move(condition));
    node.kids.push_back(std::move(value));
    return finish(std::move(node));
  }

  Parsed expression() {
    const Deeper deeper(depth_);
    if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
    auto left = negation();
    while (left && (is("and") || is("or"))) {
      Node node = make(is("and") ? Op::both : Op::any, peek().at);
      ++next_;
      auto right = negation();
      if (!right) return right;
      node.kids.push_back(std::move(*left));
      node.kids.push_back(std::move(*right));
      left = finish(std::move(node));
    }
    return left;
  }

  Parsed negation() {
    if (!is("not")) return ternary();
    Node node = make(Op::unary, peek().at, "!");
    ++next_;
    const Deeper deeper(depth_);
    if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
    auto value = negation();
    if (!value) return value;
    node.kids.push_back(std::move(*value));
    return finish(std::move(node));
  }

  Parsed ternary() {
    auto condition = binary(0);
    if (!condition || !is("?")) return condition;
    Node node = make(Op::choose, peek().at);
    ++next_;
    const Deeper deeper(depth_);
    if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
    auto yes = ternary();
    if (!yes) return yes;
    if (auto colon = expect(":"); !colon) return Err{colon.error()};
    auto no = ternary();
    if (!no) return no;
    node.kids.push_back(std::move(*condition));
    node.kids.push_back(std::move(*yes));
    node.kids.push_back(std::move(*no));
    return finish(std::move(node));
  }

  // From the weakest to the strongest.
  static constexpr std::array<std::array<std::string_view, 4>, 6> kLevels = {{
      {"||"},
      {"&&"},
      {"==", "!=", "=~"},
      {"<", "<=", ">", ">="},
      {"+", "-"},
      {"*", "/", "%"},
  }};

  std::optional<std::string> sign_of(std::size_t level) const {
    if (peek().kind != Token::Kind::sign) return std::nullopt;
    for (const auto sign : kLevels[level]) {
      if (!sign.empty() && peek().text == sign) return std::string(sign);
    }
    return std::nullopt;
  }

  Parsed binary(std::size_t level) {
    if (level == kLevels.size()) return unary();
    auto left = binary(level + 1);
    while (left) {
      const auto sign = sign_of(level);
      if (!sign) break;
      Node node = make(level == 0 ? Op::any : level == 1 ? Op::both : Op::binary, peek().at, *sign);
      ++next_;
      auto right = binary(level + 1);
      if (!right) return right;
      node.kids.push_back(std::move(*left));
      node.kids.push_back(std::move(*right));
      left = finish(std::move(node));
    }
    return left;
  }

  Parsed unary() {
    if (peek().kind != Token::Kind::sign || (!is("-") && !is("!") && !is("+"))) return power();
    Node node = make(Op::unary, peek().at, peek().text);
    ++next_;
    const Deeper deeper(depth_);
    if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
    auto value = unary();
    if (!value) return value;
    node.kids.push_back(std::move(*value));
    return finish(std::move(node));
  }

  Parsed power() {
    auto base = postfix();
    if (!base || !is("**")) return base;
    Node node = make(Op::binary, peek().at, "**");
    ++next_;
    const Deeper deeper(depth_);
    if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
    auto exponent = unary();
    if (!exponent) return exponent;
    node.kids.push_back(std::move(*base));
    node.kids.push_back(std::move(*exponent));
    return finish(std::move(node));
  }

  Parsed postfix() {
    auto value = primary();
    while (value && peek().kind == Token::Kind::sign && (is(".") || is("["))) {
      value = is(".") ? method(std::move(*value)) : index(std::move(*value));
    }
    return value;
  }

  Parsed method(Node on) {
    ++next_;
    if (peek().kind != Token::Kind::name) return unexpected();
    Node node = make(Op::method, peek().at, peek().text);
    const auto* known = find_method(node.text);
    if (known == nullptr) return fail("the method '" + node.text + "' is not known here");
    ++next_;
    node.kids.push_back(std::move(on));
    if (take("(")) {
      if (auto problem = arguments(node, ")")) return Err{*problem};
    }
    if (any_named(node)) return fail_at(node.at, node.text + " takes no named arguments");
    if (auto problem =
            count(node, node.kids.size() - 1, known->min_arguments, known->max_arguments)) {
      return Err{*problem};
    }
    return finish(std::move(node));
  }

  Parsed index(Node on) {
    Node node = make(Op::index, peek().at);
    ++next_;
    node.kids.push_back(std::move(on));
    auto from = expression();
    if (!from) return from;
    node.kids.push_back(std::move(*from));
    if (is(",") || is("..")) {
      node.op = is(",") ? Op::slice : Op::range;
      ++next_;
      auto to = expression();
      if (!to) return to;
      node.kids.push_back(std::move(*to));
    }
    if (auto closed = expect("]"); !closed) return Err{closed.error()};
    return finish(std::move(node));
  }

  Parsed primary() {
    const Token& token = peek();
    switch (token.kind) {
      case Token::Kind::whole:
        return literal(Value(token.whole));
      case Token::Kind::decimal:
        return literal(Value(token.decimal));
      case Token::Kind::text:
        return text();
      case Token::Kind::regex:
        return regex();
      case Token::Kind::name:
        return name();
      case Token::Kind::sign:
        if (is("(")) return brackets();
        if (is("[")) return list();
        return unexpected();
      case Token::Kind::end:
        break;
    }
    return unexpected();
  }

  Parsed literal(Value value) {
    Node node = make(Op::literal, peek().at);
    node.literal = std::move(value);
    ++next_;
    return finish(std::move(node));
  }

  Parsed text() {
    const Token token = peek();
    if (token.pieces.empty()) return literal(Value(std::string()));
    if (token.pieces.size() == 1 && !token.pieces[0].code) {
      return literal(Value(token.pieces[0].text));
    }
    Node node = make(Op::text, token.at);
    ++next_;
    for (const auto& piece : token.pieces) {
      if (piece.code) {
        const Deeper deeper(depth_);
        if (depth_ > kMaxHeight) return fail("the formula is nested too deeply");
        FormulaParser inner(piece.text, piece.at, depth_, into_);
        inner.nodes_ = nodes_;
        auto value = inner.parse();
        nodes_ = inner.nodes_;
        if (!value) return value;
        node.kids.push_back(std::move(*value));
      } else {
        Node words = make(Op::literal, piece.at);
        words.literal = Value(piece.text);
        node.kids.push_back(std::move(words));
      }
    }
    return finish(std::move(node));
  }

  Parsed regex() {
    auto parsed = Regex::parse(peek().text, peek().ignore_case);
    if (!parsed) return fail("this regex is not known here: " + parsed.error().message);
    return literal(
        Value(std::shared_ptr<const Regex>(std::make_shared<const Regex>(std::move(*parsed)))));
  }

  Parsed brackets() {
    ++next_;
    auto value = statement();
    if (!value) return value;
    if (auto closed = expect(")"); !closed) return Err{closed.error()};
    return value;
  }

  Parsed list() {
    Node node = make(Op::list, peek().at);
    ++next_;
    if (auto problem = arguments(node, "]")) return Err{*problem};
    if (any_named(node)) return fail_at(node.at, "hashes are not known here");
    return finish(std::move(node));
  }

  Parsed name() {
    const std::string word = peek().text;
    if (word == "if" || word == "unless") return if_then(word == "unless");
    if (word == "case") return case_when();
    if (std::ranges::find(kKeywords, word) != kKeywords.end()) return unexpected();
    if (std::ranges::find(kReserved, word) != kReserved.end()) {
      return fail("'" + word + "' is a word of Ruby's own: a column is field('" + word + "')");
    }
    if (word == "true" || word == "false") return literal(Value(word == "true"));
    if (word == "nil" || word == "null") return literal(Value());
    if (word == "this") {
      Node node = make(Op::self, peek().at);
      ++next_;
      return finish(std::move(node));
    }
    if (peek(1).kind == Token::Kind::sign && is("(", 1)) return call();
    if (is_clock(word)) return clock();
    const auto* function = find_function(word);
    if (function != nullptr && function->min_arguments == 0 &&
        word.starts_with("data_generation")) {
      return call();
    }
    if (word == "request_params") {
      return fail("request_params is of Mockaroo's mock APIs, and nobody requests anything here");
    }
    return column(word, peek().at);
  }

  // Ruby's `Time.now` and `Date.today`.
  bool is_clock(std::string_view word) const {
    const bool type = word == "Time" || word == "Date" || word == "DateTime";
    return type && is(".", 1) && (is("now", 2) || is("today", 2));
  }
  Parsed clock() {
    Node node = make(Op::call, peek().at, "now");
    next_ += 3;
    return finish(std::move(node));
  }

  Parsed column(const std::string& word, std::size_t at) {
    ++next_;
    into_.columns.push_back({word, at});
    return finish(make(Op::column, at, word));
  }

  Parsed call() {
    Node node = make(Op::call, peek().at, peek().text);
    ++next_;
    if (take("(")) {
      if (auto problem = arguments(node, ")")) return Err{*problem};
    }
    if (node.text == "field") return field(std::move(node));
    if (node.text == "from_dataset") return from_dataset(std::move(node));
    const auto* known = find_function(node.text);
    if (known == nullptr) {
      return fail_at(node.at, "the function '" + node.text + "' is not known here");
    }
    if (any_named(node)) return fail_at(node.at, node.text + " takes no named arguments");
    if (auto problem = count(node, node.kids.size(), known->min_arguments, known->max_arguments)) {
      return Err{*problem};
    }
    return finish(std::move(node));
  }

  static bool any_named(const Node& node) {
    return std::ranges::any_of(node.names, [](const auto& each) { return !each.empty(); });
  }

  static std::optional<LexError> count(const Node& node, std::size_t given, std::size_t min,
                                       std::size_t max) {
    if (given >= min && given <= max) return {};
    std::string wanted = std::to_string(min);
    if (max > min)
      wanted += max >= kMaxFormulaArguments ? " or more" : " to " + std::to_string(max);
    return LexError{node.at, node.text + " takes " + wanted +
                                 (wanted == "1" ? " argument, not " : " arguments, not ") +
                                 std::to_string(given)};
  }

  // `a, key: b)`; the opening sign is taken.
  std::optional<LexError> arguments(Node& node, std::string_view close) {
    if (take(close)) return {};
    while (true) {
      std::string key;
      if (peek().kind == Token::Kind::name && is(":", 1)) {
        key = peek().text;
        next_ += 2;
      }
      auto value = statement();
      if (!value) return value.error();
      node.kids.push_back(std::move(*value));
      node.names.push_back(std::move(key));
      if (node.kids.size() > kMaxFormulaArguments) {
        return LexError{node.at, "these are more than 100 arguments"};
      }
      if (take(close)) return {};
      if (auto comma = expect(","); !comma) return comma.error();
    }
  }

  Parsed field(Node node) {
    const auto* name = node.kids.size() == 1 ? node.kids[0].literal.as<std::string>() : nullptr;
    if (name == nullptr) return fail_at(node.at, "field() takes the name of a column as a text");
    into_.columns.push_back({*name, node.at});
    return finish(make(Op::column, node.at, *name));
  }

  Parsed from_dataset(Node node) {
    constexpr const char* kForm =
        "from_dataset() is written from_dataset('DATASET', 'COLUMN', key: value)";
    if (node.kids.size() < 3) return fail_at(node.at, kForm);
    const auto* dataset = node.kids[0].literal.as<std::string>();
    const auto* column = node.kids[1].literal.as<std::string>();
    if (dataset == nullptr || column == nullptr) return fail_at(node.at, kForm);
    Formula::DatasetUse use{*dataset, {*column}, node.at};
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
      if (node.names[i].empty() != (i < 2)) return fail_at(node.at, kForm);
      if (i >= 2) use.columns.push_back(node.names[i]);
    }
    into_.datasets.push_back(std::move(use));
    return finish(std::move(node));
  }

  Parsed if_then(bool unless) {
    Node node = make(Op::choose, peek().at);
    ++next_;
    while (true) {
      auto condition = expression();
      if (!condition) return condition;
      if (unless) {
        Node wrapped = make(Op::unary, node.at, "!");
        wrapped.kids.push_back(std::move(*condition));
        condition = finish(std::move(wrapped));
        if (!condition) return condition;
      }
      take("then");
      auto value = statement();
      if (!value) return value;
      node.kids.push_back(std::move(*condition));
      node.kids.push_back(std::move(*value));
      take(";");
      if (!take("elsif")) break;
    }
    if (take("else")) {
      auto value = statement();
      if (!value) return value;
      node.kids.push_back(std::move(*value));
      take(";");
    }
    if (auto end = expect("end"); !end) return Err{end.error()};
    return finish(std::move(node));
  }

  Parsed case_when() {
    Node node = make(Op::match, peek().at);
    ++next_;
    auto subject = expression();
    if (!subject) return subject;
    node.kids.push_back(std::move(*subject));
    while (take("when")) {
      Node choices = make(Op::list, peek().at);
      do {
        auto choice = expression();
        if (!choice) return choice;
        choices.kids.push_back(std::move(*choice));
      } while (take(","));
      auto listed = finish(std::move(choices));
      if (!listed) return listed;
      take("then");
      auto value = statement();
      if (!value) return value;
      node.kids.push_back(std::move(*listed));
      node.kids.push_back(std::move(*value));
      take(";");
    }
    if (node.kids.size() == 1) return fail("'when' is expected here");
    if (take("else")) {
      auto value = statement();
      if (!value) return value;
      node.kids.push_back(std::move(*value));
    }
    if (auto end = expect("end"); !end) return Err{end.error()};
    return finish(std::move(node));
  }

  std::string_view source_;
  std::size_t base_;
  std::size_t depth_;
  ParsedFormula& into_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<ParsedFormula, LexError> parse_formula_tree(std::string_view text) {
  ParsedFormula parsed;
  auto root = FormulaParser(text, 0, 0, parsed).parse();
  if (!root) return Err{root.error()};
  parsed.root = std::move(*root);
  return parsed;
}

}  // namespace pim::data::mockaroo
