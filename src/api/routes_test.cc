#include "api/routes.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <map>
#include <regex>
#include <set>

#include "api/openapi.h"
#include "api/openapi_examples.h"
#include "api/problem.h"
#include "api/router.h"
#include "api/server.h"
#include "domain/command_json.h"
#include "domain/names.h"
#include "spine/answers.h"

namespace pim::api {
namespace {

std::vector<std::string> segments_of(std::string path) {
  std::vector<std::string> segments;
  path.erase(0, 1);
  for (;;) {
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string::npos) return segments;
    path.erase(0, slash + 1);
  }
}

PresetFields presets_of(const Route& route) {
  PresetFields presets;
  for (const auto& name : preset_names(route)) {
    presets.emplace_back(name, name == "line_no" ? "1" : uuid_v7(1, 2, 3).to_string());
  }
  return presets;
}

TEST(Routes, AreFoundByTheirOwnPathAndMethod) {
  const Router router(routes());
  for (const Route& route : routes()) {
    const auto match = router.match(segments_of(std::string(route.path)), route.method);
    EXPECT_EQ(match.route, &route) << route.operation;
    EXPECT_NE(match.allow.find(to_string(route.method)), std::string_view::npos);
    std::size_t parameters = 0;
    for (const char c : route.path) parameters += c == '{' ? 1 : 0;
    EXPECT_EQ(match.values.size(), parameters) << route.operation;
  }
}

TEST(Routes, AreNotFoundOtherwise) {
  const Router router(routes());
  for (const char* path :
       {"/", "/v1", "/v1/", "/v1/patients/", "/v2/patients", "/v1/patients/x/y",
        "/v1/patients/x/encounters/y/bill/charges/1/void/z", "/V1/patients", "/openapi.json/"}) {
    EXPECT_FALSE(router.match(segments_of(path), Method::get).path_exists) << path;
  }
  const auto wrong_method = router.match(segments_of("/v1/patients/x"), Method::post);
  EXPECT_EQ(wrong_method.route, nullptr);
  EXPECT_EQ(wrong_method.allow, "GET, HEAD, PATCH");
}

TEST(Routes, CoverEveryCommandOnce) {
  std::multiset<std::string_view> commands;
  std::set<std::string_view> operations;
  for (const Route& route : routes()) {
    EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
    EXPECT_EQ(route.is_command(), route.query == Query::none) << route.operation;
    EXPECT_TRUE(route.open || !route.roles.empty()) << route.operation;
    if (route.is_command()) commands.insert(route.command);
  }
  for (const auto name : kCommandNames) EXPECT_EQ(commands.count(name), 1U) << name;
  EXPECT_EQ(commands.size(), kCommandNames.size());
}

TEST(Routes, AgreeWithTheSpineAboutStatusAndStream) {
  for (const Route& route : routes()) {
    if (!route.is_command()) continue;
    const auto command =
        command_from_json(route.command, example_body(route.command), presets_of(route));
    ASSERT_TRUE(command.ok()) << route.operation << " " << command.error().field << " "
                              << command.error().message;
    EXPECT_EQ(route.success, spine::accepted_status(*command)) << route.operation;
    EXPECT_EQ(route.stream(), stream_kind_of(*command)) << route.operation;
    EXPECT_EQ(!route.addresses_stream(), spine::creates_stream(*command)) << route.operation;
  }
}

TEST(Rbac, IsExactlyThisMatrix) {
  const auto line = [](Role role) {
    std::string allowed;
    for (const Route& route : routes()) {
      if (!route.roles.contains(role)) continue;
      allowed += allowed.empty() ? "" : " ";
      allowed += route.operation;
    }
    return allowed;
  };
  EXPECT_EQ(line(Role::registrar),
            "register-patient get-chart amend-patient deactivate-patient mark-patient-deceased "
            "get-timeline list-bills admit-encounter get-encounter transfer-encounter "
            "discharge-encounter cancel-encounter reopen-encounter get-provider "
            "list-encounters-by-provider get-facility get-census list-encounters-by-day "
            "get-code-frequency");
  EXPECT_EQ(line(Role::clinician),
            "get-chart get-timeline list-bills admit-encounter get-encounter transfer-encounter "
            "discharge-encounter cancel-encounter reopen-encounter record-diagnosis "
            "revise-diagnosis void-diagnosis record-procedure void-procedure prescribe-medication "
            "stop-medication void-medication get-provider list-encounters-by-provider "
            "get-facility get-census list-encounters-by-day get-code-frequency");
  EXPECT_EQ(line(Role::biller),
            "get-chart list-bills get-encounter open-bill add-charge void-charge finalize-bill "
            "void-bill get-provider get-facility");
  EXPECT_EQ(line(Role::auditor), "get-chart get-timeline get-encounter search-audit");
  EXPECT_EQ(line(Role::operations),
            "register-provider get-provider amend-provider retire-provider register-facility "
            "get-facility amend-facility retire-facility get-code-frequency");
  for (const Route& route : routes()) {
    EXPECT_EQ(route.roles.contains(Role::loadgen), !route.open && route.query != Query::audit)
        << route.operation;
  }
}

class OpenApi : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(parser_.parse(text_).get(root_), simdjson::SUCCESS); }
  simdjson::dom::element at(const std::string& pointer) {
    simdjson::dom::element found;
    EXPECT_EQ(root_.at_pointer(pointer).get(found), simdjson::SUCCESS) << pointer;
    return found;
  }
  static std::string operation_pointer(const Route& route) {
    std::string path = std::regex_replace(std::string(route.path), std::regex("/"), "~1");
    std::string method;
    for (const char c : to_string(route.method)) method += static_cast<char>(c + 32);
    return "/paths/" + path + "/" + method;
  }

  const std::string text_ = openapi_document();
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

TEST_F(OpenApi, DescribesEveryRouteAndNothingElse) {
  std::size_t described = 0;
  for (const auto path : simdjson::dom::object(at("/paths"))) {
    described += simdjson::dom::object(path.value).size();
  }
  EXPECT_EQ(described, routes().size());
  for (const Route& route : routes()) {
    const std::string pointer = operation_pointer(route);
    EXPECT_EQ(std::string_view(at(pointer + "/operationId")), route.operation);
    simdjson::dom::object(at(pointer + "/responses/" + std::to_string(route.success)));
    EXPECT_TRUE(at(pointer + "/responses/405").is_object());
    if (!route.is_command()) continue;
    const std::string schema =
        simdjson::minify(at(pointer + "/requestBody/content/application~1json/schema"));
    EXPECT_EQ(schema, body_schema(route)) << route.operation;
  }
}

TEST_F(OpenApi, BodiesHaveTheFieldsThatTheirPathsDoNot) {
  const Route& route = *find_route("revise-diagnosis");
  simdjson::dom::parser parser;
  simdjson::dom::element schema;
  const std::string text = body_schema(route);
  ASSERT_EQ(parser.parse(text).get(schema), simdjson::SUCCESS);
  std::set<std::string_view> names;
  for (const auto property : simdjson::dom::object(schema["properties"])) {
    names.insert(property.key);
  }
  EXPECT_EQ(names,
            (std::set<std::string_view>{"icd10cm", "rank", "present_on_admission", "reason"}));
  EXPECT_EQ(simdjson::minify(schema["required"]), R"(["reason"])");
  EXPECT_EQ(simdjson::minify(schema["additionalProperties"]), "false");
}

TEST_F(OpenApi, ResolvesEveryReference) {
  std::size_t references = 0;
  for (auto from = text_.find("\"$ref\":\"#"); from != std::string::npos;
       from = text_.find("\"$ref\":\"#", from + 1)) {
    const auto start = from + 9;
    at(text_.substr(start, text_.find('"', start) - start));
    ++references;
  }
  EXPECT_GT(references, 100U);
}

// Where each parameter of a link's target comes from, as {target: {parameter: source}}.
using Links = std::map<std::string, std::map<std::string, std::string>>;

TEST_F(OpenApi, LeadsFromWhatIsMadeToAllThatCanBeDoneWithIt) {
  const auto links_of = [&](std::string_view operation) {
    const Route& route = *find_route(operation);
    Links links;
    const auto made = at(operation_pointer(route) + "/responses/201/links");
    for (const auto link : simdjson::dom::object(made)) {
      const std::string_view target = link.value["operationId"];
      EXPECT_EQ(link.key, target);
      EXPECT_NE(find_route(target), nullptr) << target;
      auto& sources = links[std::string(target)];
      for (const auto source : simdjson::dom::object(link.value["parameters"])) {
        sources[std::string(source.key)] = std::string_view(source.value);
      }
    }
    return links;
  };
  EXPECT_EQ(links_of("record-diagnosis"),
            (Links{{"revise-diagnosis",
                    {{"path.patient_id", "$request.path.patient_id"},
                     {"path.encounter_id", "$request.path.encounter_id"},
                     {"path.diagnosis_id", "$response.body#/id"}}},
                   {"void-diagnosis",
                    {{"path.patient_id", "$request.path.patient_id"},
                     {"path.encounter_id", "$request.path.encounter_id"},
                     {"path.diagnosis_id", "$response.body#/id"}}}}));
  const auto facility = links_of("register-facility");
  EXPECT_EQ(facility.size(), 4U);
  EXPECT_EQ(facility.at("get-facility"),
            (Links::mapped_type{{"path.facility_id", "$response.body#/id"},
                                {"header.pim-min-position", "$response.header.Pim-Position"}}));
  // the bill's own id is in no path; what its lines are numbered, the reply does not say
  const auto bill = links_of("open-bill");
  EXPECT_TRUE(bill.contains("add-charge"));
  EXPECT_TRUE(bill.contains("finalize-bill"));
  EXPECT_FALSE(bill.contains("void-charge"));
  EXPECT_EQ(links_of("register-patient").size(), 7U);
}

TEST_F(OpenApi, ListsARouteResponseForEachProblemStatus) {
  for (const ProblemInfo* problem : problem_catalogue()) {
    at("/components/responses/" + std::to_string(problem->status));
  }
}

TEST_F(OpenApi, GivesExamplesThatTheirOwnSchemasAndChecksAccept) {
  for (const Route& route : routes()) {
    for (const auto parameter :
         simdjson::dom::array(at(operation_pointer(route) + "/parameters"))) {
      const std::string_view name = parameter["name"];
      const ParamInfo& info = path_param(name);
      simdjson::dom::element example;
      if (parameter["example"].get(example) != simdjson::SUCCESS) continue;
      std::string_view text;
      const std::string value =
          example.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(example);
      EXPECT_TRUE(info.valid(value)) << name << " " << value;
      std::string_view pattern;
      if (parameter["schema"]["pattern"].get(pattern) == simdjson::SUCCESS) {
        EXPECT_TRUE(std::regex_search(value, std::regex(std::string(pattern)))) << name;
      }
    }
  }
}

// What a pattern takes, the check must take, and the other way round: at the edges of each.
TEST(Params, ChecksAndPatternsAgree) {
  const std::vector<std::string> texts = {
      "",
      "a",
      "*",
      "\"0\"",
      "\"1\"",
      "\"01\"",
      "\"999999999999999\"",
      "\"\"",
      "W/\"1\"",
      "\"-1\"",
      "2025-01-31",
      "2025-02-29",
      "2025-02-28",
      "2024-02-28",
      "2025-04-31",
      "2025-13-01",
      "1899-01-01",
      "2200-01-01",
      "1900-01-01",
      "2025-01-31T09:30:00Z",
      "2025-01-31T09:30:00.1Z",
      "2025-01-31T09:30:00.1234Z",
      "2025-01-31T24:00:00Z",
      "2025-01-31T09:30:60Z",
      "2025-01-31T09:30:00+01:00",
      "2025-02-30T09:30:00Z",
      "2025-06-31T09:30:00Z",
      "0.0.0",
      "4095.1.1",
      "4096.1.1",
      "1.2",
      "1.2.3.4",
      "01.1.1",
      "1.1.999999999999999999",
      "north-health",
      "North",
      "n",
      "4bf92f3577b34da6a3ce929d0e0e4736",
      "4BF92F3577B34DA6A3CE929D0E0E4736",
      std::string(128, '!'),
      std::string(129, '!'),
      std::string(64, 'a'),
      std::string(65, 'a'),
      std::string(512, 'a'),
      std::string(513, 'a'),
      std::string(40, 'a'),
      std::string(41, 'a'),
      "with space",
      "caf\xc3\xa9",
  };
  for (int i = 0; i <= static_cast<int>(Param::x_request_id); ++i) {
    const ParamInfo& info = info_of(static_cast<Param>(i));
    simdjson::dom::parser parser;
    simdjson::dom::element schema;
    ASSERT_EQ(parser.parse(info.schema).get(schema), simdjson::SUCCESS) << info.name;
    std::string_view pattern;
    if (schema["pattern"].get(pattern) != simdjson::SUCCESS) continue;
    const std::regex regex{std::string(pattern)};
    for (const auto& text : texts) {
      EXPECT_EQ(info.valid(text), std::regex_search(text, regex))
          << info.name << " '" << text << "'";
    }
  }
}

}  // namespace
}  // namespace pim::api
