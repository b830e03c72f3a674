#include "api/server_testing.h"

#include <gtest/gtest.h>
#include <simdjson.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "api/problem.h"
#include "api/tokens_testing.h"

namespace pim::api {

TempFile::TempFile(std::string_view content) {
  std::string pattern = (std::filesystem::temp_directory_path() / "pim-api-XXXXXX").string();
  const int fd = ::mkstemp(pattern.data());
  path_ = pattern;
  EXPECT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  ::close(fd);
}
TempFile::~TempFile() { ::unlink(path_.c_str()); }

TestServer::TestServer(ServerOptions options, bool ready, telemetry::Tracer* tracer,
                       telemetry::LogSender* logs, telemetry::Profiler* profiler)
    : keys_(test_keys().file_json) {
  options.jwt_keys_file = keys_.path();
  const Services services{spine,   store,  read_model, audit_index, journal,
                          metrics, tracer, logs,       profiler};
  auto started = Server::start(options, services);
  if (!started) {
    ADD_FAILURE() << started.error().message;
    std::abort();
  }
  server_ = std::move(*started);
  if (ready) server_->ready();
}

std::string TestServer::token(std::string_view role, const std::string& tenants) {
  Claims claims;
  claims.role = role;
  claims.tenants = tenants;
  return make_token(good_header(), claims.json());
}

std::string request_text(std::string_view method, std::string_view target,
                         const std::string& headers, const std::string& body) {
  std::string text = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: lab\r\n";
  text += headers;
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

RawReply TestServer::send(std::string_view method, std::string_view target, std::string_view role,
                          const std::string& body, const std::string& headers) {
  RawClient client(port());
  std::string all = headers;
  if (!role.empty()) all += "Authorization: Bearer " + token(role) + "\r\n";
  if (!body.empty() && headers.find("Content-Type") == std::string::npos) {
    all += "Content-Type: application/json\r\n";
  }
  client.send(request_text(method, target, all, body));
  return client.receive(method == "HEAD").value_or(RawReply{});
}

RawReply TestServer::admin(std::string_view method, std::string_view target,
                           const std::string& headers, const std::string& body) {
  RawClient client(admin_port());
  client.send(request_text(method, target, headers, body));
  return client.receive(method == "HEAD").value_or(RawReply{});
}

Uuid TestServer::add_patient() {
  Uuid id = uuid_v7(1'700'000'000'000, 1, ++next_);
  world.add(id, "north-health");
  return id;
}

std::string json_member(const std::string& json, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(json)[name].get(value) != simdjson::SUCCESS) return "";
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  return simdjson::minify(value);
}

std::string problem_name(const RawReply& reply) {
  const std::string type = json_member(reply.body, "type");
  return type.starts_with(kProblemPrefix) ? type.substr(kProblemPrefix.size()) : type;
}

}  // namespace pim::api
