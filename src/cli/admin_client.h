// Commands that go through a running server's authenticated admin port.
#pragma once

#include <chrono>
#include <string>

#include "domain/result.h"

namespace pim::cli {

struct AdminAccess {
  std::string url;         // http://HOST:PORT of the admin port; empty: no server is meant
  std::string token_file;  // of an operator
  std::string token = {};  // itself; goes before the file
};

// The body of a 200; otherwise what went wrong and what to do.
Result<std::string, std::string> admin_post(const AdminAccess& access, const std::string& path,
                                            const std::string& body,
                                            std::chrono::seconds limit = std::chrono::minutes(30));

}  // namespace pim::cli
