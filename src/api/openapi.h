// The OpenAPI 3.1 document, rendered from the table of routes; openapi_document() in server.h is
// its one public function.
#pragma once

#include <string>
#include <vector>

#include "api/routes.h"

namespace pim::api {

// The fields of a command's body that need not stand in it: they come from the path, or are derived
// (the id of what is created).
std::vector<std::string> preset_names(const Route& route);

// The JSON Schema of a command's body, without the fields that its path carries.
std::string body_schema(const Route& route);

// True where the command may be sent without a body.
bool body_is_optional(const Route& route);

}  // namespace pim::api
