// What a command looks like from outside: its fields with their JSON types, and the route that
// takes it. The fields come from the domain's own field lists; the routes are held against the
// server's OpenAPI document by a test in cli.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"

namespace pim::data {

enum class JsonType { text, integer, boolean };

struct FieldShape {
  std::string_view name;
  JsonType type = JsonType::text;
  bool required = true;
  bool is_time = false;  // UtcMillis
};

struct CommandShape {
  std::string_view name;  // `admit-encounter`
  StreamKind stream_kind = StreamKind::patient;
  std::vector<FieldShape> fields;
  std::string_view method;
  std::string_view path;  // `{patient_id}` and the like stand for ids

  const FieldShape* find(std::string_view field) const;
};

// nullptr for a name that is no command.
const CommandShape* find_command(std::string_view name);
// All of them, in the order of the domain's command list.
const std::vector<CommandShape>& all_commands();

}  // namespace pim::data
