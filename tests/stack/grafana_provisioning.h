// Grafana's data source files as Grafana takes them: YAML, in every text `$$` a dollar and `$NAME`
// or `${NAME}` a variable of the environment (pkg/services/provisioning/values of grafana/grafana).
// Stricter in one thing: a variable that is not set is an error here, and an empty text there.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::grafana {

using Json = nlohmann::json;
using Environment = std::map<std::string, std::string>;

// NAME=VALUE lines; `#` begins a comment line.
Result<Environment, std::string> read_environment(const std::string& file);

Result<std::string, std::string> expand(std::string_view text, const Environment& environment);

class Provisioning {
 public:
  // Every *.yaml of the directory.
  static Result<Provisioning, std::string> load(const std::string& directory,
                                                const Environment& environment);
  static Result<Provisioning, std::string> parse(const std::string& yaml,
                                                 const Environment& environment);

  const std::vector<Json>& sources() const { return sources_; }
  // null where there is none. Good as long as this object.
  const Json* source(std::string_view uid) const;

  // A copy in which `value` stands at a JSON pointer of a source that must be there; null: nothing
  // does.
  Provisioning with(std::string_view uid, const std::string& pointer, const Json& value) const;

 private:
  std::vector<Json> sources_;
};

}  // namespace pim::grafana
