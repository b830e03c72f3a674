// A lab whose server tells an OTLP receiver what it does.
#pragma once

#include <string>
#include <vector>

#include "lab.h"

namespace pim::integration {

class TelemetryLab : public Lab {
 protected:
  // Every operation of the API once or more; the trace ids of the answers, in their order.
  std::vector<std::string> traces_of_everything() {
    std::vector<std::string> traces;
    call_everything('1', [&](const load::Response& response) {
      traces.emplace_back(response.header("traceparent").substr(3, 32));
    });
    return traces;
  }
};

}  // namespace pim::integration
