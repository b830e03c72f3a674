// The variables of Grafana's links and queries: `$name`, `${name}`, `${name.path}`,
// `${name["a.b"]}`, `${name.list[1]}`, each with or without `:format`, which changes nothing for
// the single values that are met here. After public/app/features/templating/template_srv.ts of
// grafana/grafana, and its docs page "Variable syntax".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "grafana_provisioning.h"

namespace pim::grafana {

// An object: what each name stands for; objects and texts in it. Of a field's value, which has
// both: {"text", "numeric"}.
using Scope = Json;

// What is not in scope stays as it is and is put into `missing`, unless Grafana fills it in when
// the query runs
// (`__rate_interval` and its like). null and missing are the same.
std::string interpolate(std::string_view text, const Scope& scope,
                        std::vector<std::string>& missing);

// The same for every text in a query.
Json interpolate_query(const Json& query, const Scope& scope, std::vector<std::string>& missing);

}  // namespace pim::grafana
