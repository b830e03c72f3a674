#include "load/workload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "domain/command_json.h"
#include "domain/decide.h"
#include "load/loopback_testing.h"

namespace pim::load {
namespace {

constexpr UtcMillis kStart{1'767'225'600'000};
constexpr UtcMillis kNow{1'798'761'600'000};  // a year later: nothing may lie in the future

// The system under load, reduced to its domain rules.
class Model {
 public:
  // The number of events that the command causes, or the reason why it may not.
  Result<std::size_t, std::string> apply(const PreparedCommand& prepared) {
    const auto command = command_from_json(prepared.name, prepared.body, presets_of(prepared));
    if (!command) return Err{command.error().field + " " + command.error().message};
    References references;
    references.now = kNow;
    for (const auto& id : references_of(*command)) {
      if (const auto* provider = std::get_if<ProviderId>(&id)) {
        references.providers.emplace_back(*provider, fact(provider->value));
      } else {
        const auto facility = std::get<FacilityId>(id);
        references.facilities.emplace_back(facility, fact(facility.value));
      }
    }
    auto& state = streams_[prepared.routing_id];
    const auto events = decide(state, references, *command);
    if (!events) return Err{rejection_text(events.error())};
    for (const auto& event : *events) evolve(state, event);
    versions_[prepared.routing_id] += events->size();
    return events->size();
  }
  Version version(const Uuid& stream) const { return versions_.at(stream); }

 private:
  static std::string rejection_text(const Rejection& rejection) {
    std::string text(rejection.type);
    for (const auto& [name, value] : rejection.params)
      text.append(" ").append(name).append("=").append(value);
    return text;
  }
  ReferenceFact fact(const Uuid& id) const {
    const auto found = versions_.find(id);
    return {found == versions_.end() ? 0 : found->second, ReferenceStatus::active};
  }
  // Ids in the path stand for fields of the command.
  static PresetFields presets_of(const PreparedCommand& prepared) {
    PresetFields fields;
    std::vector<std::string> parts;
    for (std::size_t at = 1; at < prepared.path.size();) {
      const auto end = std::min(prepared.path.find('/', at), prepared.path.size());
      parts.push_back(prepared.path.substr(at, end - at));
      at = end + 1;
    }
    const std::map<std::string, std::string> names{{"encounters", "encounter_id"},
                                                   {"diagnoses", "diagnosis_id"},
                                                   {"medications", "medication_id"},
                                                   {"charges", "line_no"}};
    for (std::size_t i = 3; i + 1 < parts.size(); ++i) {
      if (const auto name = names.find(parts[i]); name != names.end()) {
        fields.emplace_back(name->second, parts[i + 1]);
      }
    }
    return fields;
  }

  std::unordered_map<Uuid, StreamState> streams_;
  std::unordered_map<Uuid, Version> versions_;
};

class WorkloadTest : public testing::Test {
 protected:
  ReferenceData reference_{7, kStart, 4, 16};
  WorkloadOptions options_{.seed = 7, .start = kStart};
};

TEST_F(WorkloadTest, EveryCommandIsValidAndCausesOneEvent) {
  Model model;
  for (const auto& command : reference_.setup()) {
    const auto events = model.apply(command);
    ASSERT_TRUE(events.ok()) << command.body << "\n" << events.error();
  }
  std::map<std::string_view, int> seen;
  for (std::uint32_t number = 0; number < 4; ++number) {
    Session session(options_, reference_, number);
    for (int i = 0; i < 10'000; ++i) {
      const auto& command = session.current();
      ++seen[command.name];
      const auto events = model.apply(command);
      ASSERT_TRUE(events.ok()) << "session " << number << " command " << i << " " << command.path
                               << "\n"
                               << command.body << "\n"
                               << events.error();
      ASSERT_EQ(*events, 1u) << command.name;
      if (command.if_match) {
        EXPECT_EQ(*command.if_match + 1, model.version(command.routing_id));
      }
      session.accepted(model.version(command.routing_id));
    }
  }
  EXPECT_EQ(seen.size(), 16u);
  // Per encounter: 0.57 diagnoses, 1.49 procedures, 0.75 medications, but for the cancelled.
  const double encounters = seen["admit-encounter"];
  EXPECT_NEAR(seen["record-diagnosis"] / encounters, 0.57 * 0.98, 0.05);
  EXPECT_NEAR(seen["record-procedure"] / encounters, 1.49 * 0.98, 0.08);
  EXPECT_NEAR(seen["prescribe-medication"] / encounters, 0.75 * 0.98, 0.06);
  EXPECT_NEAR(encounters / seen["register-patient"], options_.encounters_per_patient, 0.4);
}

TEST_F(WorkloadTest, TheSameSeedGivesTheSameBytesAndAnotherDoesNot) {
  const std::string shared = shared_headers("127.0.0.1", 80, "token");
  const auto bytes_of = [&](std::uint64_t seed, std::uint32_t number) {
    WorkloadOptions options = options_;
    options.seed = seed;
    Session session(options, reference_, number);
    std::string bytes;
    for (Version version = 1; version <= 500; ++version) {
      append_wire(bytes, session.current(), shared);
      session.accepted(version);
    }
    return bytes;
  };
  EXPECT_EQ(bytes_of(7, 3), bytes_of(7, 3));
  EXPECT_NE(bytes_of(7, 3), bytes_of(8, 3));
  EXPECT_NE(bytes_of(7, 3), bytes_of(7, 4));
}

TEST_F(WorkloadTest, RequestIdsAreUniqueAndGrowWithTime) {
  std::set<std::string> ids;
  for (std::uint32_t number = 0; number < 8; ++number) {
    Session session(options_, reference_, number);
    std::string last;
    for (int i = 0; i < 2000; ++i) {
      const auto& id = session.current().request_id;
      EXPECT_TRUE(ids.insert(id).second) << id;
      EXPECT_LT(last.substr(0, 13), id.substr(0, 13));
      EXPECT_EQ(id[14], '7');
      last = id;
      session.accepted(0);
    }
  }
}

TEST_F(WorkloadTest, ARequestStaysTheSameUntilItIsAnswered) {
  Session session(options_, reference_, 0);
  const std::string shared = shared_headers("h", 1, "t");
  for (int i = 0; i < 100; ++i) {
    std::string first;
    std::string second;
    append_wire(first, session.current(), shared);
    append_wire(second, session.current(), shared);
    EXPECT_EQ(first, second);
    session.accepted(0);
  }
}

TEST_F(WorkloadTest, AnAbandonedPatientIsNeverWrittenToAgain) {
  Session session(options_, reference_, 0);
  std::set<Uuid> abandoned;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_FALSE(abandoned.contains(session.current().routing_id));
    if (i % 50 == 49) {
      abandoned.insert(session.current().routing_id);
      session.abandon();
    } else {
      session.accepted(0);
    }
  }
  EXPECT_GE(abandoned.size(), 100u);
  for (const auto& patient : session.patients()) EXPECT_FALSE(abandoned.contains(patient));
}

TEST_F(WorkloadTest, AFewPatientsAreHot) {
  options_.encounters_per_patient = 20;
  Session session(options_, reference_, 0);
  std::map<Uuid, int> encounters;
  for (int i = 0; i < 60'000; ++i) {
    if (session.current().name == "admit-encounter") ++encounters[session.current().routing_id];
    session.accepted(0);
  }
  std::vector<int> counts;
  counts.reserve(encounters.size());
  for (const auto& [patient, count] : encounters) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  int all = 0;
  int hottest = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    all += counts[i];
    if (i < counts.size() / 10) hottest += counts[i];
  }
  EXPECT_GT(static_cast<double>(hottest) / all, 0.3);
}

TEST(ReferenceCodes, AreInTheirFormEachOnce) {
  std::set<std::string_view> seen;
  for (const auto code : diagnosis_codes()) {
    EXPECT_TRUE(Icd10Cm::parse(code).has_value() && seen.insert(code).second) << code;
  }
  for (const auto code : hcpcs_codes()) EXPECT_TRUE(Hcpcs::parse(code).has_value()) << code;
  for (const auto code : inpatient_procedures()) EXPECT_TRUE(Pcs::parse(code).has_value()) << code;
  for (const auto code : drug_codes()) EXPECT_TRUE(Rxcui::parse(code).has_value()) << code;
}

TEST(PreparedCommand, ComesOutAlikeOnBothClients) {
  PreparedCommand command{"open-bill",  "POST",  "/v1/patients/x/encounters/y/bill",
                          R"({"a":1})", "key-1", {},
                          Version{12}};
  std::string seen;
  LoopbackServer server([&seen](const std::string& request, std::size_t) {
    seen = request;
    return ScriptedReply{ok_reply("")};
  });
  HttpClient client("127.0.0.1", server.port(), std::chrono::seconds(5));
  ASSERT_TRUE(client.send(to_request(command, "abc")).ok());
  std::string wire;
  append_wire(wire, command, shared_headers("127.0.0.1", server.port(), "abc"));
  const auto lines = [](const std::string& text) {
    std::multiset<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
      const auto end = std::min(text.find("\r\n", at), text.size());
      out.insert(text.substr(at, end - at));
      at = end + 2;
    }
    return out;
  };
  EXPECT_EQ(lines(wire), lines(seen));
  EXPECT_NE(wire.find("If-Match: \"12\"\r\n"), std::string::npos) << wire;
}

TEST(PreparedCommand, ReadsTheVersionInAnEtag) {
  EXPECT_EQ(version_of_etag("\"17\""), 17u);
  for (const auto* text : {"", "17", "\"\"", "\"x\"", "W/\"17\"", "\"17"}) {
    EXPECT_EQ(version_of_etag(text), 0u) << text;
  }
}

}  // namespace
}  // namespace pim::load
