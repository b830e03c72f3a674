// Walks every route with every role against {own tenant, another tenant, absent}, and no token at
// all. Knows nothing of what is behind the front, so that it can be aimed at any server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "api/raw_client_testing.h"
#include "api/routes.h"

namespace pim::api {

// Ids for the parameters of paths.
struct MatrixIds {
  std::string patient;
  std::string provider;
  std::string facility;
  std::string encounter;
  std::string diagnosis;
  std::string procedure;
  std::string medication;
};

struct MatrixTarget {
  // Any server with `own` in it, held by `own_tenant`.
  std::function<RawReply(std::string_view method, const std::string& target,
                         const std::string& headers, const std::string& body)>
      send;
  std::function<std::string(Role role, const std::string& tenant)> token;
  std::string own_tenant = "north-health";
  std::string other_tenant = "south-health";
  MatrixIds own;
  MatrixIds absent;
};

struct MatrixReport {
  std::uint64_t cells = 0;
  std::uint64_t denied = 0;              // by role
  std::uint64_t allowed = 0;             // with what they asked for in reach
  std::uint64_t out_of_reach = 0;        // another tenant's, or absent
  std::vector<std::string> differences;  // empty: the server keeps the table
};

// Sends the commands that it is allowed to: `own` is changed by it.
MatrixReport walk_authz_matrix(const MatrixTarget& target);

}  // namespace pim::api
