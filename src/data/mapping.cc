#include "data/mapping.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <initializer_list>
#include <iterator>

#include "data/date_detect.h"
#include "data/date_format.h"
#include "data/privacy/identifiers.h"
#include "data/toml.h"

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
    only(root, {"dataset", "reference_year", "blank", "source", "turns", "step"});
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
    parse_turns(root);
    parse_steps(root);
    set_scopes();
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
      only(*table,
           {"file", "format", "delimiter", "columns", "table", "backslash", "drop", "ignore"});
      Source source;
      source.name = key.str();
      source.file = text(*table, "file");
      if (source.file.empty()) fail(node, "file is required");
      source.reading = parse_reading(*table);
      source.drop = texts(*table, "drop");
      source.ignore = texts(*table, "ignore");
      mapping_.sources.push_back(std::move(source));
    }
  }

  RowSourceOptions parse_reading(const toml::table& table) const {
    RowSourceOptions reading;
    if (const auto format = maybe_text(table, "format")) {
      reading.format = parse_format(*format);
      if (!reading.format) fail(table, "format must be csv, tsv, json, jsonl or sql");
    }
    if (const auto delimiter = maybe_text(table, "delimiter")) {
      const bool usable = delimiter->size() == 1 && delimiter->find_first_of("\"\r\n") != 0 &&
                          static_cast<unsigned char>(delimiter->front()) < 0x80;
      if (!usable) fail(table, "delimiter must be one character, and no quote");
      reading.delimiter = delimiter->front();
    }
    reading.columns = texts(table, "columns");
    reading.table = text(table, "table");
    if (const auto* node = table.get("backslash")) {
      reading.backslash = node->value_exact<bool>();
      if (!reading.backslash) fail(*node, "backslash must be true or false");
    }
    return reading;
  }

  void parse_turns(const toml::table& root) {
    const auto* node = root.get("turns");
    if (node == nullptr) return;
    const auto* table = node->as_table();
    if (table == nullptr) fail(*node, "turns is a table: [turns]");
    only(*table, {"source", "key", "of", "when"});
    TurnRule turns;
    turns.source = source_named(*table);
    turns.key = text(*table, "key");
    turns.of = text(*table, "of");
    const auto* when = table->get("when");
    if (turns.key.empty() || turns.of.empty() || when == nullptr) {
      fail(*table, "turns needs key and of, two columns, and when");
    }
    turns.when = parse_when(*when);
    for (const auto* column : {&turns.key, &turns.of, &turns.when.column}) {
      refuse_dropped(*table, mapping_.sources[turns.source], *column);
    }
    mapping_.turns = std::move(turns);
  }

  std::size_t source_named(const toml::table& table) const {
    const auto source = std::ranges::find(mapping_.sources, text(table, "source"), &Source::name);
    if (source == mapping_.sources.end()) fail(table, "source names no [source.NAME] table");
    return static_cast<std::size_t>(source - mapping_.sources.begin());
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

  // The first step that makes things of a kind has the dataset as its scope; each further one a
  // scope of its own, so that a row with two diagnoses makes two. A step that makes nothing means
  // what its source's first one made of the same row.
  void set_scopes() {
    struct Maker {
      std::size_t source;
      std::string kind;
      std::string scope;
    };
    std::vector<Maker> makers;
    const auto makes = [](const Step& step, const FieldRule& rule) {
      return rule.from == FieldRule::From::own_id && makes_field(*step.command, rule.field);
    };
    for (auto& step : mapping_.steps) {
      for (auto& rule : step.rules) {
        if (!makes(step, rule)) continue;
        const auto earlier = std::ranges::count(makers, rule.kind, &Maker::kind);
        rule.scope = mapping_.dataset;
        if (earlier > 0) {
          rule.scope += "\n" + mapping_.sources[step.source].name + "\n" + std::to_string(earlier);
        }
        makers.push_back({step.source, rule.kind, rule.scope});
      }
    }
    for (auto& step : mapping_.steps) {
      for (auto& rule : step.rules) {
        if (rule.from != FieldRule::From::own_id || makes(step, rule)) continue;
        const auto maker = std::ranges::find_if(makers, [&](const Maker& each) {
          return each.source == step.source && each.kind == rule.kind;
        });
        rule.scope = maker == makers.end() ? mapping_.dataset : maker->scope;
      }
    }
  }

  // Whether the field is the id of what the command creates.
  static bool makes_field(const CommandShape& command, std::string_view field) {
    constexpr auto kMade = std::to_array<std::pair<std::string_view, std::string_view>>({
        {"register-patient", "patient_id"},
        {"register-provider", "provider_id"},
        {"register-facility", "facility_id"},
        {"admit-encounter", "encounter_id"},
        {"record-diagnosis", "diagnosis_id"},
        {"record-procedure", "procedure_id"},
        {"prescribe-medication", "medication_id"},
        {"open-bill", "bill_id"},
    });
    return std::ranges::find(kMade, std::pair(command.name, field)) != kMade.end();
  }

  Step parse_step(const toml::table& table) {
    only(table, {"source", "command", "when", "once_per", "key", "turn", "fields"});
    Step step;
    step.source = source_named(table);
    Source& source = mapping_.sources[step.source];
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
    step.turn = text(table, "turn");
    if (!step.turn.empty() && !mapping_.turns) fail(table, "turn needs a [turns] table");

    const auto* fields = table.get_as<toml::table>("fields");
    if (fields == nullptr) fail(table, "no [step.fields] table");
    for (const auto& [key, node] : *fields) {
      step.rules.push_back(parse_rule(std::string(key.str()), node, *step.command, source));
    }
    in_command_order(step);
    check_fields(table, step);
    check_columns(table, step, source);
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
                       const CommandShape& command, Source& source) const {
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
    rule.column = column_of(*table, source);
    if (rule.column.empty()) fail(node, "give a constant, { id = ... } or { column = ... }");
    rule.blank = maybe_text(*table, "blank");
    rule.kind = text(*table, "names");
    rule.kind_column = text(*table, "named_by");
    if (!rule.kind.empty() || !rule.kind_column.empty()) {
      rule.from = FieldRule::From::reference;
      return rule;
    }
    rule.from = FieldRule::From::column;
    for (const auto& name : names_of(rule.column, source)) {
      if (privacy::looks_like_identifier(name)) {
        fail(node, "column '" + name + "' looks like an identifier: list it under drop");
      }
    }
    rule.otherwise = maybe_text(*table, "otherwise");
    parse_values(*table, rule);
    parse_conversion(*table, rule);
    return rule;
  }

  // The first of its names; the others are noted with the source.
  std::string column_of(const toml::table& table, Source& source) const {
    if (const auto* node = table.get("column"); node == nullptr || !node->is_array()) {
      return text(table, "column");
    }
    auto names = texts(table, "column");
    if (names.empty()) return {};
    std::string first = names.front();
    if (std::ranges::find(source.aliases, names) == source.aliases.end()) {
      source.aliases.push_back(std::move(names));
    }
    return first;
  }

  static std::vector<std::string> names_of(const std::string& column, const Source& source) {
    std::vector<std::string> names = {column};
    for (const auto& list : source.aliases) {
      if (list.front() == column) names.insert(names.end(), list.begin() + 1, list.end());
    }
    return names;
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
    parse_formats(table, rule);
    const bool has_format = rule.detect_format || !rule.formats.empty();
    const auto* node = table.get("as");
    if (node == nullptr) {
      if (has_format) fail(table, "format goes with as = \"time\"");
      return;
    }
    const auto found = std::ranges::find(kConversions, text(table, "as"), &Named::name);
    if (found == kConversions.end()) {
      fail(*node, "as must be cents, time, birth-year-of-age, birth-year-of-date or zip3");
    }
    rule.conversion = found->conversion;
    if (found->wants_format != has_format) {
      fail(*node,
           found->wants_format ? "needs a format, or format = \"detect\"" : "takes no format");
    }
    const bool ages = rule.conversion == Conversion::birth_year_of_age ||
                      rule.conversion == Conversion::birth_year_of_date;
    if (ages && mapping_.reference_year == 0) fail(*node, "needs reference_year at the top");
  }

  // One, several of which the first that fits is taken, or "detect".
  void parse_formats(const toml::table& table, FieldRule& rule) const {
    const auto* node = table.get("format");
    if (node == nullptr) return;
    rule.formats =
        node->is_array() ? texts(table, "format") : std::vector<std::string>{text(table, "format")};
    if (rule.formats == std::vector<std::string>{"detect"}) {
      rule.formats.clear();
      rule.detect_format = true;
    }
    for (const auto& format : rule.formats) {
      if (!is_date_format(format)) {
        fail(*node, "format must hold a year, a month and a day, such as M/D/YYYY h:mm A");
      }
      for (const auto& other : rule.formats) {
        if (formats_contradict(format, other)) {
          fail(*node, "one text could be two dates: month first and day first");
        }
      }
    }
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
    const auto check = [&](const std::string& column) { refuse_dropped(table, source, column); };
    for (const auto& rule : step.rules) {
      check(rule.column);
      check(rule.kind_column);
    }
    check(step.once_per);
    check(step.key);
    check(step.turn);
    if (step.when) check(step.when->column);
  }

  void refuse_dropped(const toml::table& table, const Source& source,
                      const std::string& column) const {
    if (std::ranges::find(source.drop, column) == source.drop.end()) return;
    fail(table, "column '" + column + "' is dropped and cannot be used");
  }

  const std::string& name_;
  Mapping mapping_;
};

}  // namespace

bool Mapping::is_blank(std::string_view text) const {
  return text.empty() || std::ranges::find(blanks, text) != blanks.end();
}

bool Mapping::fulfils(const Condition& condition, std::string_view text) const {
  return condition.is ? text == *condition.is : !is_blank(text);
}

Result<Mapping, MappingError> parse_mapping(std::string_view toml, const std::string& name) {
  const auto table = parse_toml(toml);
  if (!table) {
    const auto& [place, message] = table.error();
    return Err{MappingError{name + ":" + std::to_string(place.line) + ":" +
                            std::to_string(place.column) + ": " + message}};
  }
  MappingParser parser(name);
  try {
    return parser.parse(*table);
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
