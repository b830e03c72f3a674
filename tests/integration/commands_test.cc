// The whole API once: every operation of the route table against a real server.
#include <set>

#include "api/routes.h"
#include "lab.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

class CommandsTest : public Lab {
 protected:
  load::Response make(const SampleCall& call, const Ids& common, const std::string& position) {
    const auto ids = ids_of(call, common);
    const auto* route = api::find_route(call.operation);
    Headers headers;
    if (!position.empty() && call.body.empty()) headers.emplace_back("Pim-Min-Position", position);
    return this->call(api::to_string(route->method), target_of(call, ids), token(call.role),
                      filled(call.body, ids), headers);
  }
};

TEST_F(CommandsTest, EveryOperationOfTheRouteTableWorks) {
  serve();
  const auto ids = sample_ids('1');
  std::set<std::string> exercised;
  std::string position;  // of the patient's last write: reads wait for it
  for (const auto& call : sample_calls()) {
    const auto* route = api::find_route(call.operation);
    ASSERT_NE(route, nullptr) << call.operation;
    const auto response = make(call, ids, position);
    ASSERT_EQ(response.status, route->success) << call.operation << ": " << response.body;
    exercised.insert(call.operation);
    if (!route->is_command()) continue;
    EXPECT_FALSE(response.header("etag").empty()) << call.operation;
    EXPECT_FALSE(response.header("pim-shard").empty()) << call.operation;
    EXPECT_FALSE(response.header("pim-position").empty()) << call.operation;
    position = response.header("pim-position");
  }
  for (const auto& route : api::routes()) {
    EXPECT_TRUE(exercised.contains(std::string(route.operation))) << route.operation;
  }
}

TEST_F(CommandsTest, QueriesShowWhatTheCommandsDid) {
  serve();
  const auto ids = sample_ids('1');
  std::string patient_position;
  std::map<std::string, std::string> answers;
  for (const auto& call : sample_calls()) {
    if (call.operation == "discharge-encounter") break;
    const auto response = make(call, ids, patient_position);
    if (target_of(call, ids).starts_with("/v1/patients") && !call.body.empty()) {
      patient_position = response.header("pim-position");
    }
    answers[call.operation] = response.body;
  }
  const auto holds = [&](const std::string& operation, const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      EXPECT_NE(answers[operation].find(text), std::string::npos)
          << operation << " lacks " << text << ": " << answers[operation];
    }
  };
  holds("get-chart", {R"("zip3":"441")", R"("age_band":)", R"("icd10cm":"I10")",
                      R"("rxcui":"860975")", R"("total_cents":180000)"});
  holds("get-timeline", {"patient-registered", "next_cursor"});
  holds("get-encounter", {ids.at("encounter_id"), R"("facility_id":")" + ids.at("facility2_id")});
  holds("list-bills", {ids.at("bill_id"), R"("voided":true)"});
  holds("get-provider", {"neurology"});
  holds("get-facility", {R"("beds":25)"});
  holds("list-encounters-by-provider", {ids.at("encounter_id")});
  holds("get-census", {ids.at("encounter_id")});
  holds("list-encounters-by-day", {ids.at("encounter_id")});
  holds("get-code-frequency", {"I10"});
}

TEST_F(CommandsTest, AReadWithAPositionSeesItsOwnWrite) {
  serve();
  const auto ids = sample_ids('1');
  const std::string target = "/v1/patients/" + ids.at("patient_id");
  const auto created =
      call("POST", "/v1/patients", token("registrar"), filled(sample_calls()[5].body, ids));
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string codes[] = {"430", "431", "432", "433"};
  for (int i = 0; i < 60; ++i) {
    const auto& zip3 = codes[static_cast<std::size_t>(i + 1) % 4];
    const auto amended = call("PATCH", target, token("registrar"), R"({"zip3":")" + zip3 + R"("})");
    ASSERT_EQ(amended.status, 200) << amended.body;
    const auto read = call("GET", target, token("clinician"), {},
                           {{"Pim-Min-Position", std::string(amended.header("pim-position"))}});
    ASSERT_EQ(read.status, 200) << read.body;
    EXPECT_EQ(read.header("etag"), amended.header("etag"));
    EXPECT_NE(read.body.find(R"("zip3":")" + zip3), std::string::npos) << read.body;
  }
}

}  // namespace
}  // namespace pim::integration
