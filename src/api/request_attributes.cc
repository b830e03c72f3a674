#include "api/request_attributes.h"

namespace pim::api {

std::string_view known_method(const Call& call) {
  const std::string_view method = call.request().method;
  return parse_method(method) ? method : "_OTHER";
}

std::string_view outcome_of(const Response& response) {
  return response.problem.empty() ? std::string_view("ok") : response.problem;
}

std::vector<telemetry::Attribute> request_attributes(const Call& call, const Response& response,
                                                     std::string_view region) {
  std::vector<telemetry::Attribute> attributes;
  attributes.reserve(11);
  attributes.push_back({"http.request.method", std::string(known_method(call))});
  attributes.push_back({"http.response.status_code", std::int64_t{response.status}});
  attributes.push_back({"pim.request_id", call.request_id});
  attributes.push_back({"pim.outcome", std::string(outcome_of(response))});
  attributes.push_back({"pim.region", std::string(region)});
  if (call.route != nullptr) {
    attributes.push_back({"http.route", std::string(call.route->path)});
  }
  // as the labels of the metrics have it, so that a link can lead there from any request
  attributes.push_back(
      {"pim.operation", std::string(call.route == nullptr ? "none" : call.route->operation)});
  if (call.bucket) attributes.push_back({"pim.bucket", std::int64_t{call.bucket->value}});
  attributes.push_back({"pim.shard", call.shard ? std::to_string(call.shard->value) : "none"});
  return attributes;
}

}  // namespace pim::api
