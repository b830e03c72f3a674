// The options of a column, read key by key; what is left over is not known here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/mockaroo/check.h"
#include "data/mockaroo/schema.h"

namespace pim::data::mockaroo {

class Options {
 public:
  Options(const SchemaColumn& column, std::vector<Finding>& findings)
      : column_(column), findings_(findings) {}

  // nullptr where it is missing or null. A key that was asked for is known.
  const JsonValue* take(std::string_view key);
  std::string text(std::string_view key, std::string fallback = {});
  double number(std::string_view key, double fallback);
  std::int64_t whole(std::string_view key, std::int64_t fallback);
  // Of texts; numbers count as texts.
  std::vector<std::string> list(std::string_view key);

  void error(std::string_view key, std::string message);
  void warning(std::string_view key, std::string message);
  // Warns of keys that nobody asked for.
  void finish();
  const SchemaColumn& column() const { return column_; }

 private:
  const SchemaColumn& column_;
  std::vector<Finding>& findings_;
  std::vector<std::string> known_;
};

}  // namespace pim::data::mockaroo
