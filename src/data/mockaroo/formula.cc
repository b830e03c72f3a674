#include "data/mockaroo/formula.h"

#include <algorithm>

#include "data/mockaroo/formula_functions.h"
#include "data/mockaroo/formula_node.h"
#include "data/mockaroo/formula_parser.h"

namespace pim::data::mockaroo {
namespace {

struct At {
  std::size_t byte;
  std::string message;
};
using Evaluated = Result<Value, At>;
using Op = Formula::Node::Op;

class Evaluator {
 public:
  explicit Evaluator(FormulaRow& row) : row_(row) {}

  Evaluated value_of(const Formula::Node& node) {
    switch (node.op) {
      case Op::literal:
        return node.literal;
      case Op::self:
        return row_.self();
      case Op::column:
        return at(node, row_.column(node.text));
      case Op::list:
        return list(node);
      case Op::text:
        return text(node);
      case Op::call:
        return call(node);
      case Op::method:
        return method(node);
      case Op::index:
      case Op::slice:
      case Op::range:
        return index(node);
      case Op::unary:
        return unary(node);
      case Op::binary:
        return binary(node);
      case Op::both:
      case Op::any:
        return logic(node);
      case Op::choose:
        return choose(node);
      case Op::match:
        return match(node);
    }
    return Value();
  }

 private:
  static Evaluated at(const Formula::Node& node, Computed computed) {
    if (computed) return std::move(*computed);
    return Err{At{node.at, std::move(computed.error())}};
  }

  // Of the kids from `first` on.
  Result<Value::List, At> values(const Formula::Node& node, std::size_t first) {
    Value::List list;
    for (std::size_t i = first; i < node.kids.size(); ++i) {
      auto value = value_of(node.kids[i]);
      if (!value) return Err{value.error()};
      list.push_back(std::move(*value));
    }
    return list;
  }

  Evaluated list(const Formula::Node& node) {
    auto items = values(node, 0);
    if (!items) return Err{items.error()};
    return Value(std::move(*items));
  }

  Evaluated text(const Formula::Node& node) {
    auto parts = values(node, 0);
    if (!parts) return Err{parts.error()};
    std::string joined;
    for (const auto& part : *parts) joined += to_text(part);
    if (joined.size() > kMaxTextBytes) return Err{At{node.at, "this text becomes too long"}};
    return Value(std::move(joined));
  }

  Evaluated call(const Formula::Node& node) {
    auto arguments = values(node, 0);
    if (!arguments) return Err{arguments.error()};
    if (node.text == "from_dataset") {
      FormulaRow::Criteria criteria;
      for (std::size_t i = 2; i < arguments->size(); ++i) {
        criteria.emplace_back(node.names[i], std::move((*arguments)[i]));
      }
      return at(node,
                row_.from_dataset(to_text((*arguments)[0]), to_text((*arguments)[1]), criteria));
    }
    return at(node, find_function(node.text)->call(*arguments, row_));
  }

  Evaluated method(const Formula::Node& node) {
    auto on = value_of(node.kids.front());
    if (!on) return on;
    auto arguments = values(node, 1);
    if (!arguments) return Err{arguments.error()};
    return at(node, find_method(node.text)->call(*on, *arguments, row_));
  }

  Evaluated index(const Formula::Node& node) {
    auto parts = values(node, 0);
    if (!parts) return Err{parts.error()};
    const auto& list = *parts;
    const Value* third = list.size() > 2 ? &list[2] : nullptr;
    return at(node, apply_index(list[0], list[1], node.op == Op::range ? third : nullptr,
                                node.op == Op::slice ? third : nullptr));
  }

  Evaluated unary(const Formula::Node& node) {
    auto value = value_of(node.kids.front());
    if (!value) return value;
    if (node.text == "!") return Value(!value->truthy());
    if (node.text == "-") return at(node, apply_minus(*value));
    return value;
  }

  Evaluated binary(const Formula::Node& node) {
    auto left = value_of(node.kids[0]);
    if (!left) return left;
    auto right = value_of(node.kids[1]);
    if (!right) return right;
    return at(node, apply_binary(node.text, *left, *right));
  }

  Evaluated logic(const Formula::Node& node) {
    auto left = value_of(node.kids[0]);
    if (!left || left->truthy() != (node.op == Op::both)) return left;
    return value_of(node.kids[1]);
  }

  Evaluated choose(const Formula::Node& node) {
    std::size_t i = 0;
    for (; i + 1 < node.kids.size(); i += 2) {
      auto condition = value_of(node.kids[i]);
      if (!condition) return condition;
      if (condition->truthy()) return value_of(node.kids[i + 1]);
    }
    return i < node.kids.size() ? value_of(node.kids[i]) : Evaluated(Value());
  }

  Evaluated match(const Formula::Node& node) {
    auto subject = value_of(node.kids.front());
    if (!subject) return subject;
    std::size_t i = 1;
    for (; i + 1 < node.kids.size(); i += 2) {
      auto choices = values(node.kids[i], 0);
      if (!choices) return Err{choices.error()};
      const bool found = std::ranges::any_of(
          *choices, [&](const Value& choice) { return equal(*subject, choice); });
      if (found) return value_of(node.kids[i + 1]);
    }
    return i < node.kids.size() ? value_of(node.kids[i]) : Evaluated(Value());
  }

  FormulaRow& row_;
};

}  // namespace

std::size_t character_column(std::string_view text, std::size_t byte) {
  const auto before = text.substr(0, byte);
  return 1 + static_cast<std::size_t>(std::ranges::count_if(
                 before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

Result<Formula, FormulaError> Formula::parse(std::string_view text) {
  if (text.size() > kMaxBytes)
    return Err{FormulaError{1, "the formula is longer than 10,000 bytes"}};
  auto parsed = parse_formula_tree(text);
  if (!parsed) {
    return Err{FormulaError{character_column(text, parsed.error().at), parsed.error().message}};
  }
  Formula formula;
  formula.text_ = text;
  formula.root_ = std::make_shared<const Node>(std::move(parsed->root));
  formula.columns_ = std::move(parsed->columns);
  formula.datasets_ = std::move(parsed->datasets);
  for (auto& use : formula.columns_) use.column = character_column(text, use.column);
  for (auto& use : formula.datasets_) use.column = character_column(text, use.column);
  return formula;
}

Result<Value, FormulaError> Formula::evaluate(FormulaRow& row) const {
  auto value = Evaluator(row).value_of(*root_);
  if (value) return std::move(*value);
  return Err{FormulaError{character_column(text_, value.error().byte), value.error().message}};
}

}  // namespace pim::data::mockaroo
