// One valid call for every operation of the API, in an order in which all of them are accepted.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pim::integration {

// Ids by name: `{patient_id}` in paths and bodies stands for the id called patient_id.
using Ids = std::map<std::string, std::string>;

struct SampleCall {
  std::string operation;  // of api::routes()
  std::string role;       // that may
  std::string body;       // empty: a query
  std::string query;      // behind the path, with its `?`
  Ids override_ids;       // where this call means other ids than the common ones
};

// `salt` (one hexadecimal digit) keeps the ids of several sets apart.
Ids sample_ids(char salt);
const std::vector<SampleCall>& sample_calls();

// `{name}` replaced by ids.
std::string filled(std::string_view text, const Ids& ids);
// The path of an operation with its ids and query.
std::string target_of(const SampleCall& call, const Ids& ids);
Ids ids_of(const SampleCall& call, const Ids& common);

}  // namespace pim::integration
