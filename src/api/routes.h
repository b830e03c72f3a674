// The one table of what the API offers. The router, the access rules, the metrics' labels, the
// OpenAPI document and the generated tests all read it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "api/params.h"
#include "api/roles.h"
#include "domain/ids.h"

namespace pim::api {

enum class Method : std::uint8_t { get, post, patch };
std::string_view to_string(Method method);
std::optional<Method> parse_method(std::string_view text);  // HEAD reads as GET

enum class Query : std::uint8_t {
  none,  // the route is a command
  openapi,
  chart,
  timeline,
  bills,
  encounter,
  provider,
  facility,
  encounters_by_provider,
  census,
  encounters_by_day,
  code_frequency,
  audit,
};

struct Route {
  Method method;
  std::string_view path;       // `{name}` is a parameter of params.h
  std::string_view operation;  // stable: in OpenAPI, metrics and audit records
  std::string_view summary;
  RoleSet roles;                  // default deny
  std::string_view command = {};  // command_name(); empty: a query
  Query query = Query::none;
  std::uint16_t success = 200;
  // Of a command that makes something: its id's field, and what stands at its own address (`{id}`).
  std::string_view created_id = {};
  std::string_view location = {};
  std::span<const Param> query_params = {};
  Param required_query = Param::cursor;  // one of query_params that must be there; cursor: none
  bool patient_data = false;             // a read that the journal must hold before the reply
  bool open = false;                     // no token needed

  bool is_command() const { return !command.empty(); }
  // The stream that the command changes or the query is about; nullopt where it spans streams.
  std::optional<StreamKind> stream() const;
  // True where the stream's id stands in the path.
  bool addresses_stream() const;
};

std::span<const Route> routes();
const Route* find_route(std::string_view operation);

}  // namespace pim::api
