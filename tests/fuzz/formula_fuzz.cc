// Formulas: read, and evaluated on a row of a few values.
#include "data/mockaroo/formula.h"
#include "fuzz.h"

namespace pim::fuzz {
namespace {

using data::mockaroo::FormulaRow;
using data::mockaroo::Value;

class OneRow : public FormulaRow {
 public:
  const Value& self() const override { return self_; }
  Answer column(const std::string& name) override {
    switch (name.size() % 4) {
      case 0:
        return Value(static_cast<std::int64_t>(name.size()) << 60U);
      case 1:
        return Value(name);
      case 2:
        return Value();
      default:
        return Value(0.5);
    }
  }
  Answer from_dataset(const std::string& dataset, const std::string&, const Criteria&) override {
    return Value(dataset);
  }
  std::uint64_t draw() override { return drawn_ += 0x9E3779B97F4A7C15U; }
  std::int64_t now() const override { return 1'759'276'800'000; }

 private:
  const Value self_{"self"};
  std::uint64_t drawn_ = 0;
};

}  // namespace
}  // namespace pim::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto formula = pim::data::mockaroo::Formula::parse(pim::fuzz::as_text(data, size));
  if (!formula) {
    pim::fuzz::require(!formula.error().message.empty(), "a refusal says why");
    pim::fuzz::require(formula.error().column >= 1 && formula.error().column <= size + 1,
                       "a refusal says where");
    return 0;
  }
  pim::fuzz::OneRow row;
  const auto value = formula->evaluate(row);
  if (value) {
    (void)pim::data::mockaroo::to_text(*value);
  } else {
    pim::fuzz::require(!value.error().message.empty(), "a failure says why");
  }
  return 0;
}
