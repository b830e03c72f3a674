#include <gtest/gtest.h>

#include "api/authz_matrix_testing.h"
#include "api/server_testing.h"

namespace pim::api {
namespace {

MatrixIds ids(std::uint64_t seed) {
  const auto id = [&](std::uint64_t n) { return uuid_v7(1'700'000'000'000, seed, n).to_string(); };
  return {id(1), id(2), id(3), id(4), id(5), id(6), id(7)};
}

struct Matrix {
  explicit Matrix(TestServer& server) {
    target.own = ids(1);
    target.absent = ids(2);
    for (const auto& id : {target.own.patient, target.own.provider, target.own.facility}) {
      server.world.add(*Uuid::parse(id), target.own_tenant);
    }
    target.send = [&server](std::string_view method, const std::string& path,
                            const std::string& headers, const std::string& body) {
      RawClient client(server.port());
      client.send(request_text(method, path, headers, body));
      return client.receive().value_or(RawReply{});
    };
    target.token = [](Role role, const std::string& tenant) {
      return TestServer::token(to_string(role), "[\"" + tenant + "\"]");
    };
  }
  MatrixTarget target;
};

TEST(AuthzMatrix, EveryCellIsAsTheTableSays) {
  TestServer server;
  const Matrix matrix(server);
  const MatrixReport report = walk_authz_matrix(matrix.target);
  for (const auto& difference : report.differences) ADD_FAILURE() << difference;
  EXPECT_EQ(report.cells, (routes().size() - 1) * (1 + 3 * kRoleNames.size()));
  EXPECT_GT(report.denied, 300U);
  EXPECT_GT(report.allowed, 90U);
  EXPECT_GT(report.out_of_reach, 150U);
}

TEST(AuthzMatrix, SeesAServerThatTellsOthersApartFromAbsent) {
  TestServer server;
  Matrix matrix(server);
  const auto honest = matrix.target.send;
  const std::string own = matrix.target.own.patient;
  matrix.target.send = [&](std::string_view method, const std::string& path,
                           const std::string& headers, const std::string& body) {
    RawReply reply = honest(method, path, headers, body);
    if (reply.status == 404 && path == "/v1/patients/" + own && method == "GET") {
      reply.body += " ";
    }
    return reply;
  };
  EXPECT_FALSE(walk_authz_matrix(matrix.target).differences.empty());
}

// The one exception that the design names.
TEST(AuthzMatrix, ATakenIdAnswersAlikeWhicheverTenantHoldsIt) {
  TestServer server;
  const Matrix matrix(server);
  const std::string body = R"({"patient_id":")" + matrix.target.own.patient +
                           R"(","birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";
  for (const auto& tenant : {matrix.target.own_tenant, matrix.target.other_tenant}) {
    const auto reply =
        matrix.target.send("POST", "/v1/patients",
                           "Authorization: Bearer " + matrix.target.token(Role::registrar, tenant) +
                               "\r\nContent-Type: application/json\r\n",
                           body);
    EXPECT_EQ(reply.status, 409) << tenant;
    EXPECT_EQ(problem_name(reply), "id-taken") << tenant;
  }
}

}  // namespace
}  // namespace pim::api
