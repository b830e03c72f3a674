// Every route x role x {own tenant, another tenant, absent} on a real server: who may not gets 403
// whatever the ids; and what another tenant has looks like what nobody has.
#include <regex>
#include <set>

#include "api/roles.h"
#include "api/routes.h"
#include "lab.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

class AuthzTest : public Lab {
 protected:
  // All that exists belongs to kTenant.
  void fill() {
    bool discharged = false;  // from here on only the second encounter, which is cancelled later
    for (const auto& call : sample_calls()) {
      discharged = discharged || call.operation == "discharge-encounter";
      if (call.body.empty() || (discharged && call.operation != "admit-encounter")) continue;
      const auto response = make(call, sample_ids('1'), token(call.role));
      ASSERT_LT(response.status, 300) << call.operation << ": " << response.body;
    }
  }

  load::Response make(const SampleCall& call, const Ids& common, const std::string& bearer) {
    const auto ids = ids_of(call, common);
    const auto* route = api::find_route(call.operation);
    return this->call(api::to_string(route->method), target_of(call, ids), bearer,
                      filled(call.body, ids));
  }
};

// What differs by nature: ids that the caller sent, and those of the request.
std::string without_ids(const std::string& body) {
  static const std::regex ids(
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}");
  return std::regex_replace(body, ids, "ID");
}

TEST_F(AuthzTest, EveryRouteForEveryRoleAndTenant) {
  serve();
  fill();
  std::set<std::string> seen;
  int cells = 0;
  for (const auto& call : sample_calls()) {
    if (!seen.insert(call.operation).second) continue;
    const auto* route = api::find_route(call.operation);
    ASSERT_NE(route, nullptr);
    for (const auto role_name : api::kRoleNames) {
      const std::string role(role_name);
      const auto where = call.operation + " as " + role;
      const bool may = route->open || route->roles.contains(*api::parse_role(role));
      cells += 3;
      const auto own = make(call, sample_ids('1'), token(role));
      if (!may) {
        const auto other = make(call, sample_ids('1'), token(role, kOtherTenant));
        const auto absent = make(call, sample_ids('2'), token(role));
        for (const auto* response : {&own, &other, &absent}) {
          EXPECT_EQ(response->status, 403) << where << ": " << response->body;
        }
        continue;
      }
      EXPECT_NE(own.status, 401) << where;
      EXPECT_NE(own.status, 403) << where;
      EXPECT_NE(own.status, 404) << where << ": " << own.body;
      if (!route->addresses_stream()) continue;
      const auto other = make(call, sample_ids('1'), token(role, kOtherTenant));
      const auto absent = make(call, sample_ids('2'), token(role));
      EXPECT_EQ(other.status, 404) << where << ": " << other.body;
      EXPECT_EQ(absent.status, 404) << where << ": " << absent.body;
      EXPECT_EQ(without_ids(other.body), without_ids(absent.body)) << where;
    }
    const auto nobody = make(call, sample_ids('1'), {});
    EXPECT_EQ(nobody.status, route->open ? 200 : 401) << call.operation;
  }
  EXPECT_EQ(seen.size(), api::routes().size());
  EXPECT_EQ(cells, static_cast<int>(api::routes().size() * api::kRoleNames.size() * 3));
}

TEST_F(AuthzTest, ListsShowNothingOfAnotherTenant) {
  serve();
  fill();
  await_read_model();
  for (const std::string target :
       {"/v1/encounters?day=2024-03-01", "/v1/codes/ICD-10-CM/frequency"}) {
    const auto own = call("GET", target, token("clinician"));
    const auto other = call("GET", target, token("clinician", kOtherTenant));
    EXPECT_NE(own.body.find("\"items\":[{"), std::string::npos) << own.body;
    EXPECT_NE(other.body.find("\"items\":[]"), std::string::npos) << other.body;
  }
}

TEST_F(AuthzTest, ATakenIdAnswersTheSameWhoeverHoldsIt) {
  serve();
  fill();
  const auto body = filled(sample_calls()[5].body, sample_ids('1'));
  const auto own = call("POST", "/v1/patients", token("registrar"), body);
  const auto other = call("POST", "/v1/patients", token("registrar", kOtherTenant), body);
  EXPECT_EQ(own.status, 409) << own.body;
  EXPECT_EQ(other.status, 409) << other.body;
  EXPECT_EQ(without_ids(own.body), without_ids(other.body));
  EXPECT_NE(own.body.find("id-taken"), std::string::npos) << own.body;
}

}  // namespace
}  // namespace pim::integration
