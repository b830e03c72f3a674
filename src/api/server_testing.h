// A real server on loopback ports with fakes behind it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/fakes_testing.h"
#include "api/raw_client_testing.h"
#include "api/roles.h"
#include "api/server.h"

namespace pim::api {

// A file that is gone with its object.
class TempFile {
 public:
  explicit TempFile(std::string_view content);
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class TestServer {
 public:
  // Time-outs are long unless `options` say otherwise, so that only tests about them meet them.
  explicit TestServer(ServerOptions options = {}, bool ready = true,
                      telemetry::Tracer* tracer = nullptr, telemetry::LogSender* logs = nullptr,
                      telemetry::Profiler* profiler = nullptr);

  FakeWorld world;
  FakeSpine spine{world};
  FakeReadModel read_model{world};
  FakeAuditIndex audit_index;
  FakeJournal journal;
  FakeStore store;
  telemetry::Registry metrics;

  Server& server() { return *server_; }
  void stop() { server_.reset(); }
  std::uint16_t port() const { return server_->port(); }
  std::uint16_t admin_port() const { return server_->admin_port(); }

  // `tenants` as JSON.
  static std::string token(std::string_view role,
                           const std::string& tenants = R"(["north-health"])");

  // One request on a connection of its own. `headers` are whole lines.
  RawReply send(std::string_view method, std::string_view target, std::string_view role,
                const std::string& body = "", const std::string& headers = "");
  RawReply admin(std::string_view method, std::string_view target, const std::string& headers = "",
                 const std::string& body = "");

  // A patient of north-health's.
  Uuid add_patient();

 private:
  TempFile keys_;
  std::unique_ptr<Server> server_;
  std::uint8_t next_ = 0;
};

// The bytes of a request. `headers` are whole lines; Content-Length comes with a body.
std::string request_text(std::string_view method, std::string_view target,
                         const std::string& headers = "", const std::string& body = "");

// The `type` of a problem, without its prefix.
std::string problem_name(const RawReply& reply);
// A string member of a flat JSON object; empty where it is not there.
std::string json_member(const std::string& json, std::string_view name);

}  // namespace pim::api
