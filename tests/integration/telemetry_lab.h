// A lab whose server tells an OTLP receiver what it does.
#pragma once

#include <string>
#include <vector>

#include "api/routes.h"
#include "lab.h"
#include "sample_calls.h"

namespace pim::integration {

class TelemetryLab : public Lab {
 protected:
  // Every operation of the API once or more; the trace ids of the answers, in their order.
  std::vector<std::string> call_everything() {
    std::vector<std::string> traces;
    const auto ids = sample_ids('1');
    std::string position;
    for (const auto& sample : sample_calls()) {
      const auto* route = api::find_route(sample.operation);
      const auto own = ids_of(sample, ids);
      Headers headers;
      if (!position.empty() && sample.body.empty()) {
        headers.emplace_back("Pim-Min-Position", position);
      }
      const auto response = call(api::to_string(route->method), target_of(sample, own),
                                 token(sample.role), filled(sample.body, own), headers);
      EXPECT_EQ(response.status, route->success) << sample.operation << ": " << response.body;
      traces.emplace_back(response.header("traceparent").substr(3, 32));
      if (route->is_command()) position = response.header("pim-position");
    }
    return traces;
  }
  load::Response register_patient() {
    return call("POST", "/v1/patients", token("registrar"),
                R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
  }
  // The value of a series on /metrics; -1 where it is not there.
  double metric(const std::string& series) {
    const auto text = admin("GET", "/metrics").body;
    const auto at = text.find("\n" + series + " ");
    return at == text.npos ? -1 : std::stod(text.substr(at + series.size() + 2));
  }
};

}  // namespace pim::integration
