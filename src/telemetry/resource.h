// Who says it: put before everything that leaves a process.
#pragma once

#include <string>

namespace pim::telemetry {

struct Resource {
  std::string service_name = "pim";
  std::string service_version;
  std::string instance_id;  // tells two processes of a service apart
};

}  // namespace pim::telemetry
