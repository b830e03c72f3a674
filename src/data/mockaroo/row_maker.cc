#include "data/mockaroo/row_maker.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "data/mockaroo/types.h"

namespace pim::data::mockaroo {
namespace {

constexpr std::size_t kMaxChain = 40;         // of formulas that need each other's columns
constexpr std::size_t kMaxRowItems = 10'000;  // of all arrays of a row

// Of a cell: whether it is blank, its value, its formula.
enum class Stream : std::uint64_t { blank, value, formula, shared };

std::uint64_t stream_of(std::size_t column, Stream stream) {
  return column * 4 + static_cast<std::uint64_t>(stream);
}

}  // namespace

// One row, or one item of a JSON array within it.
class RowState {
 public:
  RowState(const RowMaker& maker, std::uint64_t row) : maker_(maker), row_(row), position_(row) {}
  RowState(RowState& outer, std::size_t array, std::uint64_t position)
      : maker_(outer.maker_),
        row_(outer.row_),
        position_(position),
        item_(outer.item_ + "\n" + std::to_string(array) + "." + std::to_string(position)),
        outer_(&outer),
        array_(array) {}

  using Answer = Result<const MadeCell*, std::string>;

  Answer cell(std::size_t index) {
    const auto& column = maker_.columns_[index];
    if (column.array != array_) {
      if (outer_ != nullptr) return outer_->cell(index);
      return Err{"'" + column.column->name + "' stands in an array"};
    }
    if (const auto found = cells_.find(index); found != cells_.end()) return &found->second;
    if (!running_.insert({index, true}).second) {
      return Err{"'" + column.column->name + "' needs itself"};
    }
    if (running_.size() > kMaxChain) return Err{std::string("too many columns need each other")};
    auto made = make(index);
    running_.erase(index);
    if (!made) return Err{made.error()};
    return &cells_.emplace(index, std::move(*made)).first->second;
  }

  Draw draw(std::size_t column, Stream stream) const {
    return {maker_.seed_, maker_.schema_.name + item_, row_, stream_of(column, stream)};
  }
  Draw shared(std::string_view topic) const {
    return {maker_.seed_, maker_.schema_.name + item_ + '\n' + std::string(topic), row_, 0};
  }
  std::uint64_t row() const { return row_; }
  std::uint64_t position() const { return position_; }
  const RowMaker& maker() const { return maker_; }

  Result<JsonValue, std::string> array(std::size_t index, std::int64_t count);
  Result<std::size_t, std::string> dataset_row(std::size_t index);

 private:
  Result<MadeCell, std::string> make(std::size_t index);
  RowState& whole() { return outer_ == nullptr ? *this : outer_->whole(); }

  const RowMaker& maker_;
  std::uint64_t row_;
  std::uint64_t position_;  // of the item within its array
  std::string item_;
  RowState* outer_ = nullptr;
  std::optional<std::size_t> array_;
  std::map<std::size_t, MadeCell> cells_;
  std::map<std::size_t, bool> running_;
  std::size_t items_ = 0;  // of the whole row's arrays
};

namespace {

// What a formula sees: its row, and the value that it is applied to.
class RowFormula : public FormulaRow {
 public:
  RowFormula(RowState& state, std::size_t index, const Datasets& datasets, const Schema& schema,
             Draw draw, Value self)
      : state_(state),
        index_(index),
        datasets_(datasets),
        schema_(schema),
        draw_(draw),
        self_(std::move(self)) {}

  const Value& self() const override { return self_; }
  std::uint64_t draw() override { return draw_.next(); }
  std::int64_t now() const override { return kMockNow; }

  Answer column(const std::string& name) override {
    const auto* found = schema_.find_from(schema_.columns[index_], name);
    if (found == nullptr) return Err{"there is no column '" + name + "'"};
    const auto cell = state_.cell(static_cast<std::size_t>(found - schema_.columns.data()));
    if (!cell) return Err{cell.error()};
    return (*cell)->value;
  }

  Answer from_dataset(const std::string& dataset, const std::string& column,
                      const Criteria& criteria) override {
    const auto* set = datasets_.find(dataset);
    const auto wanted = set == nullptr ? std::nullopt : set->column(column);
    if (!wanted) return Err{missing(dataset, column)};
    std::vector<std::size_t> columns;
    std::vector<std::string> texts;
    for (const auto& [name, value] : criteria) {
      const auto key = set->column(name);
      if (!key) return Err{missing(dataset, name)};
      columns.push_back(*key);
      texts.push_back(to_text(value));
    }
    const auto row = set->find(columns, texts);
    if (!row || set->cell(*row, *wanted).empty()) return Value();
    return Value(set->cell(*row, *wanted));
  }

 private:
  static std::string missing(const std::string& dataset, const std::string& column) {
    std::string text = "the dataset '";
    return text.append(dataset).append("' has no column '").append(column).append("'");
  }

  RowState& state_;
  std::size_t index_;  // of the column that the formula is of
  const Datasets& datasets_;
  const Schema& schema_;
  Draw draw_;
  Value self_;
};

}  // namespace

// What a type sees of its cell.
class RowCell : public CellMaker {
 public:
  RowCell(RowState& state, std::size_t index, const Datasets& datasets, const Schema& schema)
      : state_(state),
        index_(index),
        datasets_(datasets),
        schema_(schema),
        draw_(state.draw(index, Stream::value)) {}

  std::uint64_t row() const override { return state_.row(); }
  std::uint64_t position() const override { return state_.position(); }
  Draw& draw() override { return draw_; }
  Draw shared(std::string_view topic) const override { return state_.shared(topic); }

  Result<Value, std::string> run(const Formula& formula) override {
    return run(formula, Value(), draw_);
  }
  Result<Value, std::string> run(const Formula& formula, Value self, Draw draw) {
    RowFormula row(state_, index_, datasets_, schema_, draw, std::move(self));
    auto value = formula.evaluate(row);
    if (value) return std::move(*value);
    return Err{std::to_string(value.error().column) + ": " + value.error().message};
  }

  Result<Value, std::string> column(const std::string& name) override {
    return RowFormula(state_, index_, datasets_, schema_, draw_, Value()).column(name);
  }

  Result<Value, std::string> dataset_cell(const PreparedColumn& column) override {
    const auto* set = datasets_.find(column.dataset);
    if (set == nullptr || set->size() == 0) {
      return Err{"the dataset '" + column.dataset + "' has no rows"};
    }
    const auto row = state_.dataset_row(column.leader.value_or(index_));
    if (!row) return Err{row.error()};
    const auto wanted = column.dataset_column.empty() ? std::optional<std::size_t>(0)
                                                      : set->column(column.dataset_column);
    const std::string& text = set->cell(*row, wanted.value_or(0));
    return text.empty() ? Value() : Value(text);
  }

  Result<Value, std::string> json_array(const PreparedColumn& column) override {
    auto made = state_.array(index_, draw_.between(column.start, column.step));
    if (!made) return Err{made.error()};
    array_ = std::move(*made);
    return Value(to_json(array_));
  }
  JsonValue& array() { return array_; }

 private:
  RowState& state_;
  std::size_t index_;
  const Datasets& datasets_;
  const Schema& schema_;
  Draw draw_;
  JsonValue array_;
};

Result<MadeCell, std::string> RowState::make(std::size_t index) {
  const auto& column = maker_.columns_[index];
  MadeCell made;
  if (draw(index, Stream::blank).unit() * 100 < column.column->null_percentage) return made;
  RowCell cell(*this, index, maker_.datasets_, maker_.schema_);
  auto value = column.type->make(column, cell);
  if (!value) return Err{std::move(value.error())};
  made.array = std::move(cell.array());
  if (column.formula) {
    auto changed = cell.run(*column.formula, std::move(*value), draw(index, Stream::formula));
    if (!changed) return Err{"formula:" + changed.error()};
    value = std::move(*changed);
    made.array = {};
  }
  made.value = std::move(*value);
  const auto* amount = made.value.as<double>();
  const auto* whole = made.value.as<std::int64_t>();
  if (column.column->type == "Money" && (amount != nullptr || whole != nullptr)) {
    const double money = amount != nullptr ? *amount : static_cast<double>(*whole);
    made.text = (money < 0 ? "-" : "") + column.symbol + fixed_decimals(std::fabs(money), 2);
  } else {
    made.text = to_text(made.value);
  }
  return made;
}

Result<JsonValue, std::string> RowState::array(std::size_t index, std::int64_t count) {
  JsonValue list;
  list.kind = JsonValue::Kind::array;
  const auto depth = maker_.columns_[index].column->path.size();
  for (std::int64_t i = 0; i < count; ++i) {
    if (++whole().items_ > kMaxRowItems) return Err{std::string("the arrays become too large")};
    RowState item(*this, index, static_cast<std::uint64_t>(i));
    JsonValue object;
    object.kind = JsonValue::Kind::object;
    for (std::size_t kid = 0; kid < maker_.columns_.size(); ++kid) {
      const auto& column = maker_.columns_[kid];
      if (column.array != index || column.column->hidden) continue;
      const auto cell = item.cell(kid);
      if (!cell) return Err{"'" + column.column->name + "': " + cell.error()};
      put_nested(object, column.column->path, depth, to_json_value(column, **cell));
    }
    list.items.push_back(std::move(object));
  }
  return list;
}

// Of the dataset, for the column that chooses it.
Result<std::size_t, std::string> RowState::dataset_row(std::size_t index) {
  const auto& column = maker_.columns_[index];
  const auto* set = maker_.datasets_.find(column.dataset);
  if (set == nullptr || set->size() == 0) {
    return Err{"the dataset '" + column.dataset + "' has no rows"};
  }
  if (column.selection != Selection::random) return position_ % set->size();
  return draw(index, Stream::value).below(set->size());
}

Result<std::vector<MadeCell>, RowError> RowMaker::make(std::uint64_t row) const {
  RowState state(*this, row);
  std::vector<MadeCell> cells(columns_.size());
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].array) continue;
    const auto cell = state.cell(i);
    if (!cell) return Err{RowError{columns_[i].column->name, row + 1, cell.error()}};
    cells[i] = **cell;
  }
  return cells;
}

JsonValue to_json_value(const PreparedColumn& column, const MadeCell& cell) {
  JsonValue json;
  if (cell.array.kind == JsonValue::Kind::array) return cell.array;
  if (cell.value.is_nil()) return json;
  if (const auto* truth = cell.value.as<bool>()) {
    json.kind = JsonValue::Kind::truth;
    json.truth = *truth;
  } else if (const auto* whole = cell.value.as<std::int64_t>();
             whole != nullptr && column.symbol.empty()) {
    json.kind = JsonValue::Kind::whole;
    json.whole = *whole;
  } else if (const auto* decimal = cell.value.as<double>();
             decimal != nullptr && column.symbol.empty()) {
    json.kind = JsonValue::Kind::decimal;
    json.decimal = *decimal;
  } else if (const auto* list = cell.value.as<Value::List>()) {
    json.kind = JsonValue::Kind::array;
    for (const auto& item : *list) {
      json.items.push_back(to_json_value(column, MadeCell{item, to_text(item), {}}));
    }
  } else {
    json.kind = JsonValue::Kind::text;
    json.text = cell.text;
  }
  return json;
}

void put_nested(JsonValue& object, const std::vector<std::string>& path, std::size_t from,
                JsonValue value) {
  JsonValue* at = &object;
  for (std::size_t i = from; i + 1 < path.size(); ++i) {
    const auto found = std::ranges::find(at->members, path[i], &JsonMember::key);
    if (found != at->members.end()) {
      at = &found->value;
      continue;
    }
    JsonValue inner;
    inner.kind = JsonValue::Kind::object;
    at->members.emplace_back(path[i], std::move(inner));
    at = &at->members.back().value;
  }
  at->members.emplace_back(path.back(), std::move(value));
}

}  // namespace pim::data::mockaroo
