// A temporary directory with keys, tokens and a real server on it; everything goes with the test.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "load/http_client.h"
#include "load/server_process.h"

namespace pim::integration {

inline constexpr const char* kTenant = "north-health";
inline constexpr const char* kOtherTenant = "south-health";

struct ProgramRun {
  int exit = -1;  // 128 + n: ended by signal n
  std::string out;
  std::string err;
};

using Headers = std::vector<std::pair<std::string_view, std::string>>;

class Lab : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A server on `data` (default: data()), up to readiness.
  void serve(std::vector<std::string> extra = {}, const std::string& data = {},
             const std::string& program = PIM_PROGRAM, std::vector<std::string> environment = {});
  void kill_server();  // SIGKILL
  // SIGTERM; its exit code, or -1 where it did not end in 10 s.
  int stop_server();
  // Until the read model has every event: for queries that carry no position.
  void await_read_model();
  load::ServerProcess& server() { return *server_; }

  std::string data() const { return directory_ + "/data"; }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }

  // Of the user named like the role; made once.
  const std::string& token(const std::string& role, const std::string& tenant = kTenant);
  // A file that holds it.
  std::string token_file(const std::string& role);

  load::Response call(std::string_view method, const std::string& target, const std::string& token,
                      const std::string& body = {}, const Headers& more = {});
  load::Response register_patient();
  // Every operation of the API once, with the ids of `salt` (sample_calls.h), each read after what
  // was written before it; `answered` is told of each. An answer that is no success fails the test.
  void call_everything(char salt, const std::function<void(const load::Response&)>& answered = {});
  load::Response admin(std::string_view method, const std::string& target,
                       const std::string& token = {}, const std::string& body = {});
  // The value of a series on /metrics; -1 where it is not there.
  double metric(const std::string& series);

  // A program to its end, at most a minute.
  ProgramRun run(const std::vector<std::string>& command,
                 const std::vector<std::string>& environment = {});
  // `pim` with these arguments.
  ProgramRun pim(const std::vector<std::string>& arguments,
                 const std::vector<std::string>& environment = {});

 private:
  load::Response send(std::uint16_t port, std::string_view method, const std::string& target,
                      const std::string& token, const std::string& body, const Headers& more);

  std::string directory_;
  std::optional<load::ServerProcess> server_;
  std::map<std::pair<std::string, std::string>, std::string> tokens_;
};

std::string read_text(const std::string& file);
// A member of a JSON object, as text; empty where it is not there.
std::string json_text(const std::string& json, const std::string& member);

}  // namespace pim::integration
