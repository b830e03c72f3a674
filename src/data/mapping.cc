#include "data/mapping.h"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <iterator>

#include "data/date_format.h"
#include "data/identifiers.h"

namespace pim::data {
namespace {

struct Named {
  std::string_view name;
  Conversion conversion;
  bool wants_format;
};
constexpr auto kConversions = std::to_array<Named>({
    {"cents", Conversion::cents, false},
    {"time", Conversion::time, true},
    {"birth-year-of-age", Conversion::birth_year_of_age, false},
    {"birth-year-of-date", Conversion::birth_year_of_date, true},
    {"zip3", Conversion::zip3, false},
});

// Reads the TOML tree; the first error ends it (as an exception inside this file only).
class MappingParser {
 public:
  explicit MappingParser(const std::string& name) : name_(name) {}

  Mapping parse(const toml::table& root) {
    only(root, {"dataset", "reference_year", "blank", "source", "step"});
    mapping_.dataset = text(root, "dataset");
    if (mapping_.dataset.empty()) fail(root, "dataset is required: it names the source");
    if (const auto* year = root.get("reference_year")) {
      const auto value = year->value<std::int64_t>();
      if (!value || *value < 1990 || *value > 2100) {
        fail(*year, "reference_year must be a year from 1990 to 2100");
      }
      mapping_.reference_year = static_cast<int>(*value);
    }
    mapping_.blanks = texts(root, "blank");
    parse_sources(root);
    parse_steps(root);
    return std::move(mapping_);
  }

  [[noreturn]] void fail(const toml::source_position& at, const std::string& what) const {
    throw MappingError{name_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                       ": " + what};
  }
  [[noreturn]] void fail(const toml::node& node, const std::string& what) const {
    fail(node.source().begin, what);
  }

 private:
  void only(const toml::table& table, std::initializer_list<std::string_view> known) const {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      std::string list;
      for (const auto each : known) list.append(list.empty() ? "" : ", ").append(each);
      fail(key.source().begin, "unknown key '" + std::string(key.str()) + "'; known: " + list);
    }
  }

  std::string text(const toml::table& table, std::string_view key) const {
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    const auto value = node->value_exact<std::string>();
    if (!value) fail(*node, std::string(key) + " must be a text");
    return *value;
  }

  std::optional<std::string> maybe_text(const toml::table& table, std::string_view key) const {
    if (table.get(key) == nullptr) return std::nullopt;
    return text(table, key);
  }

  std::vector<std::string> texts(const toml::table& table, std::string_view key) const {
    std::vector<std::string> list;
    const auto* node = table.get(key);
    if (node == nullptr) return list;
    const auto* array = node->as_array();
    if (array == nullptr) fail(*node, std::string(key) + " must be a list of texts");
    for (const auto& item : *array) {
      const auto value = item.value_exact<std::string>();
      if (!value) fail(item, std::string(key) + " must be a list of texts");
      list.push_back(*value);
    }
    return list;
  }

  void parse_sources(const toml::table& root) {
    const auto* sources = root.get_as<toml::table>("source");
    if (sources == nullptr || sources->empty()) fail(root, "no [source.NAME] table");
    for (const auto& [key, node] : *sources) {
      const auto* table = node.as_table();
      if (table == nullptr) fail(node, "a source is a table: [source.NAME]");
      only(*table, {"file", "delimiter", "drop", "ignore"});
      Source source;
      source.name = key.str();
      source.file = text(*table, "file");
      if (source.file.empty()) fail(node, "file is required");
      source.delimiter = source.file.ends_with(".tsv") ? '\t' : ',';
      if (const auto delimiter = maybe_text(*table, "delimiter")) {
        if (delimiter->size() != 1) fail(node, "delimiter must be one character");
        source.delimiter = delimiter->front();
      }
      source.drop = texts(*table, "drop");
      source.ignore = texts(*table, "ignore");
      mapping_.sources.push_back(std::move(source));
    }
  }

  void parse_steps(const toml::table& root) {
    const auto* steps = root.get_as<toml::array>("step");
    if (steps == nullptr || steps->empty()) fail(root, "no [[step]]");
    for (const auto& node : *steps) {
      const auto* table = node.as_table();
      if (table == nullptr) fail(node, "a step is a table: [[step]]");
      mapping_.steps.push_back(parse_step(*table));
    }
  }

  Step parse_step(const toml::table& table) {
    only(table, {"source", "command", "when", "once_per", "key", "fields"});
    Step step;
    const auto source = std::ranges::find(mapping_.sources, text(table, "source"), &Source::name);
    if (source == mapping_.sources.end()) fail(table, "source names no [source.NAME] table");
    step.source = static_cast<std::size_t>(source - mapping_.sources.begin());
    step.command = find_command(text(table, "command"));
    if (step.command == nullptr) {
      fail(table, "no command is called '" + text(table, "command") + "'");
    }
    step.occurrence =
        static_cast<std::size_t>(std::ranges::count_if(mapping_.steps, [&](const Step& earlier) {
          return earlier.source == step.source && earlier.command == step.command;
        }));
    if (const auto* node = table.get("when")) step.when = parse_when(*node);
    step.once_per = text(table, "once_per");
    step.key = text(table, "key");

    const auto* fields = table.get_as<toml::table>("fields");
    if (fields == nullptr) fail(table, "no [step.fields] table");
    for (const auto& [key, node] : *fields) {
      step.rules.push_back(parse_rule(std::string(key.str()), node, *step.command));
    }
    in_command_order(step);
    check_fields(table, step);
    check_columns(table, step, *source);
    return step;
  }

  // TOML tables have no order; bodies are written as the domain writes them.
  static void in_command_order(Step& step) {
    const auto& fields = step.command->fields;
    std::ranges::stable_sort(step.rules, {}, [&](const FieldRule& rule) {
      return std::ranges::find(fields, rule.field, &FieldShape::name) - fields.begin();
    });
  }

  Condition parse_when(const toml::node& node) const {
    if (const auto column = node.value_exact<std::string>()) return {*column, std::nullopt};
    const auto* table = node.as_table();
    if (table == nullptr) fail(node, R"(when must be "column" or { column = ..., is = ... })");
    only(*table, {"column", "is"});
    return {text(*table, "column"), maybe_text(*table, "is")};
  }

  FieldRule parse_rule(const std::string& field, const toml::node& node,
                       const CommandShape& command) const {
    FieldRule rule;
    rule.field = field;
    if (command.find(field) == nullptr &&
        command.path.find("{" + field + "}") == std::string_view::npos) {
      fail(node, std::string(command.name) + " has no field '" + field + "'");
    }
    const auto* table = node.as_table();
    if (table == nullptr) {
      rule.constant = constant(node);
      return rule;
    }
    if (table->contains("id")) {
      only(*table, {"id"});
      rule.from = FieldRule::From::own_id;
      rule.kind = text(*table, "id");
      return rule;
    }
    only(*table, {"column", "names", "named_by", "as", "format", "values", "otherwise", "blank"});
    rule.column = text(*table, "column");
    if (rule.column.empty()) fail(node, "give a constant, { id = ... } or { column = ... }");
    rule.blank = maybe_text(*table, "blank");
    rule.kind = text(*table, "names");
    rule.kind_column = text(*table, "named_by");
    if (!rule.kind.empty() || !rule.kind_column.empty()) {
      rule.from = FieldRule::From::reference;
      return rule;
    }
    rule.from = FieldRule::From::column;
    if (looks_like_identifier(rule.column)) {
      fail(node, "column '" + rule.column + "' looks like an identifier: list it under drop");
    }
    rule.otherwise = maybe_text(*table, "otherwise");
    parse_values(*table, rule);
    parse_conversion(*table, rule);
    return rule;
  }

  std::string constant(const toml::node& node) const {
    if (const auto value = node.value_exact<std::string>()) return *value;
    if (const auto value = node.value_exact<std::int64_t>()) return std::to_string(*value);
    if (const auto value = node.value_exact<bool>()) return *value ? "true" : "false";
    fail(node, "a constant is a text, an integer or a boolean");
  }

  void parse_values(const toml::table& table, FieldRule& rule) const {
    const auto* node = table.get("values");
    if (node == nullptr) return;
    const auto* values = node->as_table();
    if (values == nullptr) fail(*node, R"(values must be a table: { Female = "F" })");
    for (const auto& [from, to] : *values) {
      rule.values.emplace_back(std::string(from.str()), constant(to));
    }
  }

  void parse_conversion(const toml::table& table, FieldRule& rule) const {
    rule.format = text(table, "format");
    const auto* node = table.get("as");
    if (node == nullptr) {
      if (!rule.format.empty()) fail(table, "format goes with as = \"time\"");
      return;
    }
    const auto found = std::ranges::find(kConversions, text(table, "as"), &Named::name);
    if (found == kConversions.end()) {
      fail(*node, "as must be cents, time, birth-year-of-age, birth-year-of-date or zip3");
    }
    rule.conversion = found->conversion;
    if (found->wants_format != !rule.format.empty()) {
      fail(*node, found->wants_format ? "needs a format" : "takes no format");
    }
    if (found->wants_format && !is_date_format(rule.format)) {
      fail(*node, "format must hold a year, a month and a day, such as M/D/YYYY h:mm A");
    }
    const bool ages = rule.conversion == Conversion::birth_year_of_age ||
                      rule.conversion == Conversion::birth_year_of_date;
    if (ages && mapping_.reference_year == 0) fail(*node, "needs reference_year at the top");
  }

  void check_fields(const toml::table& table, const Step& step) const {
    const auto has = [&](std::string_view field) {
      return std::ranges::find(step.rules, field, &FieldRule::field) != step.rules.end();
    };
    for (const auto& field : step.command->fields) {
      if (field.required && !has(field.name)) {
        fail(table,
             std::string(step.command->name) + " needs field '" + std::string(field.name) + "'");
      }
    }
    const bool patient_known = has("patient_id") || has("encounter_id");
    if (step.command->stream_kind == StreamKind::patient && !patient_known) {
      fail(table, "say whose it is: patient_id or encounter_id");
    }
    const bool makes = std::ranges::find(step.rules, FieldRule::From::own_id, &FieldRule::from) !=
                       step.rules.end();
    if (!step.key.empty() && !makes) fail(table, "key needs a field with { id = ... }");
  }

  void check_columns(const toml::table& table, const Step& step, const Source& source) const {
    const auto check = [&](const std::string& column) {
      if (std::ranges::find(source.drop, column) != source.drop.end()) {
        fail(table, "column '" + column + "' is dropped and cannot be used");
      }
    };
    for (const auto& rule : step.rules) {
      check(rule.column);
      check(rule.kind_column);
    }
    check(step.once_per);
    check(step.key);
    if (step.when) check(step.when->column);
  }

  const std::string& name_;
  Mapping mapping_;
};

}  // namespace

bool Mapping::is_blank(std::string_view text) const {
  return text.empty() || std::ranges::find(blanks, text) != blanks.end();
}

Result<Mapping, MappingError> parse_mapping(std::string_view toml, const std::string& name) {
  MappingParser parser(name);
  try {
    return parser.parse(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    return Err{MappingError{name + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) +
                            ": " + std::string(error.description())}};
  } catch (const MappingError& error) {
    return Err{error};
  }
}

Result<Mapping, MappingError> load_mapping(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return Err{MappingError{"cannot read " + path}};
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  return parse_mapping(content, path);
}

}  // namespace pim::data
