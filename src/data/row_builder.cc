#include "data/row_builder.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "data/code_hint.h"
#include "data/convert.h"
#include "data/privacy/identifiers.h"
#include "domain/command_json.h"
#include "domain/json.h"

namespace pim::data {
namespace {

std::string table_key(std::string_view kind, const std::string& key) {
  std::string joined(kind);
  joined.push_back('\0');
  return joined + key;
}

bool is_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

void KeyTable::add(std::string_view kind, const std::string& key, Entry entry) {
  entries_.insert_or_assign(table_key(kind, key), entry);
}

const KeyTable::Entry* KeyTable::find(std::string_view kind, const std::string& key) const {
  const auto found = entries_.find(table_key(kind, key));
  return found == entries_.end() ? nullptr : &found->second;
}

std::size_t Header::index(std::string_view column) const {
  const auto found = std::ranges::find(columns_, column);
  return found == columns_.end() ? kNone : static_cast<std::size_t>(found - columns_.begin());
}

// A field's text, where it came from, and what it names.
struct RowBuilder::Value {
  std::optional<std::string> text;  // none: the field is left out
  Place place;
  std::optional<KeyTable::Entry> entry;
};

Result<RowBuilder::Value, RowProblem> RowBuilder::refer(const FieldRule& rule, const Header& header,
                                                        const CsvRow& row,
                                                        const CsvField& cell) const {
  const std::string& kind =
      rule.kind_column.empty() ? rule.kind : row[header.index(rule.kind_column)].text;
  const auto* entry = keys_.find(kind, cell.text);
  if (entry == nullptr) {
    return Err{RowProblem{cell.place, rule.field + ": column '" + rule.column + "' names no " +
                                          rule.kind + (rule.kind.empty() ? "row" : "") +
                                          " that was read before"}};
  }
  return Value{entry->id.to_string(), cell.place, *entry};
}

Result<RowBuilder::Value, RowProblem> RowBuilder::evaluate(const FieldRule& rule,
                                                           const Header& header, const CsvRow& row,
                                                           std::uint64_t row_number) const {
  const Place row_place = row.front().place;
  if (rule.from == FieldRule::From::constant) return Value{rule.constant, row_place, {}};
  if (rule.from == FieldRule::From::own_id) {
    const Uuid id = pseudonym(key_, rule.kind, rule.scope, row_number);
    return Value{id.to_string(), row_place, KeyTable::Entry{id, {}}};
  }
  const CsvField& cell = row[header.index(rule.column)];
  if (mapping_.is_blank(cell.text)) return Value{rule.blank, cell.place, {}};
  if (rule.from == FieldRule::From::reference) return refer(rule, header, row, cell);
  if (const auto kind = privacy::identifier_kind(cell.text); !kind.empty()) {
    return Err{RowProblem{cell.place, rule.field + ": column '" + rule.column +
                                          "' holds what looks like " + std::string(kind) +
                                          ", which goes no further"}};
  }
  auto converted = convert(rule, mapping_.reference_year, cell.text);
  if (!converted) {
    return Err{RowProblem{
        cell.place, rule.field + ": column '" + rule.column + "' " + converted.error().reason}};
  }
  return Value{std::move(*converted), cell.place, {}};
}

// One row's command while it grows, field by field.
struct RowBuilder::Draft {
  BuiltCommand command;
  std::string stream_field;   // the field that names the stream: `patient_id` ...
  std::vector<Place> places;  // of the rules' values, for what the domain finds wrong
  std::optional<Uuid> own_id;
  std::string own_kind;

  void fill_path(const std::string& name, const std::string& value) {
    const std::string slot = "{" + name + "}";
    const auto at = command.path.find(slot);
    if (at != std::string::npos) command.path.replace(at, slot.size(), value);
  }

  // What the field names: a new row, a patient, or something of a patient's.
  void note_ids(const FieldRule& rule, const KeyTable::Entry& entry) {
    if (rule.from == FieldRule::From::own_id) {
      own_id = entry.id;
      own_kind = rule.kind;
    }
    if (rule.field == stream_field) command.stream = entry.id;
    if (rule.field == "encounter_id" && !entry.patient.is_nil()) command.stream = entry.patient;
  }

  std::optional<std::string> append(const FieldShape& field, const std::string& text) {
    if (field.type == JsonType::integer && !is_integer(text)) return "must be an integer";
    if (field.type == JsonType::boolean && text != "true" && text != "false") {
      return "must be true or false";
    }
    command.body.push_back(command.body.empty() ? '{' : ',');
    append_json_string(command.body, field.name);
    command.body.push_back(':');
    if (field.type == JsonType::text) {
      append_json_string(command.body, text);
    } else {
      command.body += text;
    }
    return std::nullopt;
  }
};

std::optional<RowProblem> RowBuilder::apply(const FieldRule& rule, const CommandShape& command,
                                            Value value, Draft& draft) {
  draft.places.push_back(value.place);
  const auto* field = command.find(rule.field);  // none: a part of the path only
  if (!value.text) {
    if (field != nullptr && !field->required) return std::nullopt;
    return RowProblem{value.place, rule.field + ": column '" + rule.column + "' is blank"};
  }
  if (value.entry) draft.note_ids(rule, *value.entry);
  draft.fill_path(rule.field, *value.text);
  if (field == nullptr) return std::nullopt;
  const auto wrong = draft.append(*field, *value.text);
  if (!wrong) return std::nullopt;
  return RowProblem{value.place, rule.field + ": " + *wrong};
}

Result<BuiltCommand, RowProblem> RowBuilder::build(const Step& step, const Header& header,
                                                   const CsvRow& row, std::uint64_t row_number) {
  Draft draft;
  draft.command.path = step.command->path;
  draft.stream_field = std::string(to_string(step.command->stream_kind)) + "_id";
  for (const auto& rule : step.rules) {
    auto value = evaluate(rule, header, row, row_number);
    if (!value) return Err{value.error()};
    if (auto problem = apply(rule, *step.command, std::move(*value), draft)) return Err{*problem};
  }
  draft.command.body += draft.command.body.empty() ? "{}" : "}";
  draft.fill_path("patient_id", draft.command.stream.to_string());

  // The server would say the same; here it is said with the place in the file, and on a dry run.
  const auto checked = command_from_json(step.command->name, draft.command.body, {});
  if (!checked) {
    std::string name = checked.error().field;
    if (name.starts_with('/')) name.erase(0, 1);
    const auto rule = std::ranges::find(step.rules, name, &FieldRule::field);
    const auto place = rule == step.rules.end()
                           ? row.front().place
                           : draft.places[static_cast<std::size_t>(rule - step.rules.begin())];
    std::string reason = name + ": " + checked.error().message;
    if (rule != step.rules.end() && rule->from == FieldRule::From::column) {
      const auto hint = code_hint(name, row[header.index(rule->column)].text);
      if (!hint.empty()) reason.append("; ").append(hint);
    }
    return Err{RowProblem{place, std::move(reason)}};
  }
  if (draft.own_id && !step.key.empty()) {
    const bool of_patient = step.command->stream_kind == StreamKind::patient;
    const Uuid patient = of_patient ? draft.command.stream : Uuid{};
    keys_.add(draft.own_kind, row[header.index(step.key)].text, {*draft.own_id, patient});
  }
  return std::move(draft.command);
}

}  // namespace pim::data
