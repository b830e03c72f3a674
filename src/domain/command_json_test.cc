#include "domain/command_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "domain/bounds.h"
#include "domain/domain_testing.h"
#include "domain/names.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)

const std::string kDiagnosis = R"({"diagnosis_id":"d1000000-0000-7000-8000-000000000001",)"
                               R"("encounter_id":"e1000000-0000-7000-8000-000000000001",)"
                               R"("icd10cm":"E119","rank":1,"present_on_admission":true,)"
                               R"("recorded_at":"2025-06-01T09:00:00.000Z"})";

// The text with `from` replaced by `to`, once.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string_view name, std::string_view body,
                     const PresetFields& preset = {}) {
  const auto command = command_from_json(name, body, preset);
  if (command) return "accepted: " + command_to_json(*command);
  return command.error().field + " " + command.error().message;
}

TEST(CommandJson, EveryCommandReadsBack) {
  std::vector<bool> seen(std::variant_size_v<Command>);
  for (const auto& command : every_command()) {
    seen[command.index()] = true;
    const auto text = command_to_json(command);
    const auto again = command_from_json(command_name(command), text, {});
    ASSERT_TRUE(again) << text << " " << again.error().field << " " << again.error().message;
    EXPECT_EQ(*again, command) << text;
    EXPECT_EQ(command_to_json(*again), text);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_TRUE(seen[i]) << kCommandNames[i];
}

TEST(CommandJson, NormalisesCodesAndTakesFieldsInAnyOrder) {
  const auto command = command_from_json(
      "record-diagnosis",
      " { \"rank\" : 1, \"recorded_at\":\"2025-06-01T11:00:00+02:00\", \"icd10cm\":\"E\\u003119\","
      "\"present_on_admission\":true,\"encounter_id\":\"E1000000-0000-7000-8000-000000000001\","
      "\"diagnosis_id\":\"d1000000-0000-7000-8000-000000000001\"}\n",
      {});
  ASSERT_TRUE(command) << command.error().field << command.error().message;
  EXPECT_EQ(std::get<RecordDiagnosis>(*command),
            with(record_diagnosis(), [](auto& c) { c.icd10cm = code<Icd10Cm>("E11.9"); }));
}

struct Bad {
  std::string body;
  std::string error;
};

TEST(CommandJson, SaysWhichFieldIsWrongAndWhy) {
  const auto& good = kDiagnosis;
  ASSERT_TRUE(command_from_json("record-diagnosis", good, {}));
  const std::vector<Bad> cases{
      {replaced(good, "\"rank\":1,", ""), "/rank required"},
      {replaced(good, "\"rank\":1", "\"rank\":\"1\""), "/rank must be an integer"},
      {replaced(good, "\"rank\":1", "\"rank\":1.5"), "/rank must be an integer"},
      {replaced(good, "\"rank\":1", "\"rank\":1e17"), "/rank must be an integer"},
      {replaced(good, "\"rank\":1", "\"rank\":1e10"), "/rank is out of range"},
      {replaced(good, "\"rank\":1", "\"rank\":1e2"), "/rank must be between 1 and 99"},
      {replaced(good, "\"rank\":1", "\"rank\":true"), "/rank must be an integer"},
      {replaced(good, "\"rank\":1", "\"rank\":[1]"), "/rank must be an integer"},
      {replaced(good, "\"rank\":1", "\"rank\":0"), "/rank must be between 1 and 99"},
      {replaced(good, "\"rank\":1", "\"rank\":100"), "/rank must be between 1 and 99"},
      {replaced(good, "\"rank\":1", "\"rank\":-1"), "/rank must be between 1 and 99"},
      {replaced(good, "\"rank\":1", "\"rank\":4294967297"), "/rank is out of range"},
      {replaced(good, "\"rank\":1", "\"rank\":18446744073709551615"), "/rank is out of range"},
      {replaced(good, "\"rank\":1", "\"rank\":null"), "/rank must not be null"},
      {replaced(good, "true", "1"), "/present_on_admission must be true or false"},
      {replaced(good, "true", "\"true\""), "/present_on_admission must be true or false"},
      {replaced(good, "E119", "e119"), "/icd10cm must be an ICD-10-CM code such as E11.9"},
      {replaced(good, "E119", "E11\\u0000"), "/icd10cm must be an ICD-10-CM code such as E11.9"},
      {replaced(good, "\"E119\"", "119"), "/icd10cm must be a string"},
      {replaced(good, "\"E119\"", "{}"), "/icd10cm must be a string"},
      {replaced(good, "d1000000-", "d1000000"), "/diagnosis_id must be a UUID"},
      {replaced(good, "2025-06-01T", "2025-06-31T"),
       "/recorded_at must be an RFC 3339 time such as 2025-01-31T09:30:00.000Z"},
      {replaced(good, "{", "{\"color\":1,"), "/color unknown field"},
      {replaced(good, "{", "{\"a/b~c\":1,"), "/a~1b~0c unknown field"},
      {replaced(good, "{", "{\"" + std::string(65, 'x') + "\":1,"), " unknown field"},
      {replaced(good, "{", "{\"Rank\":1,"), "/Rank unknown field"},
      {replaced(good, "{", "{\"rank\":1,"), "/rank repeated field"},
      {replaced(good, "{", "{\"r\\u0061nk\":1,"), "/rank repeated field"},
      {"[]", " must be an object"},
      {"null", " must be an object"},
      {"\"x\"", " must be an object"},
  };
  for (const auto& bad : cases)
    EXPECT_EQ(error_of("record-diagnosis", bad.body), bad.error) << bad.body;
}

TEST(CommandJson, RefusesWhatIsNotJson) {
  const auto& good = kDiagnosis;
  const std::vector<std::string> bodies{
      " ",
      "{",
      good + "x",
      good + good,
      good + ",",
      good.substr(0, good.size() - 1),
      good.substr(0, good.size() - 1) + ",}",
      good.substr(0, good.size() - 1) + "]",
      replaced(good, ":", " "),
      replaced(good, ",", " "),
      replaced(good, "\"rank\":1", "\"rank\":01"),
      replaced(good, "\"rank\":1", "\"rank\":+1"),
      replaced(good, "\"rank\":1", "\"rank\":NaN"),
      replaced(good, "\"rank\":1", "\"rank\":1e999"),
      replaced(good, "\"rank\":1", "\"rank\":99999999999999999999"),
      replaced(good, "E119", "E11\n"),
      replaced(good, "E119", std::string_view("E11\0", 4)),
      replaced(good, "E119", "E11\\x"),
      replaced(good, "E119", "E11\\ud800"),
      replaced(good, "\"rank\"", "rank"),
      replaced(good, "\"rank\"", "'rank'"),
      "\xEF\xBB\xBF" + good,
  };
  for (const auto& body : bodies) {
    EXPECT_TRUE(error_of("record-diagnosis", body).starts_with(" is not valid JSON")) << body;
  }
  EXPECT_EQ(error_of("record-diagnosis", replaced(good, "E119", "E11\xC3")), " is not valid UTF-8");
  EXPECT_EQ(error_of("record-diagnosis", replaced(good, "E119", "E11\xED\xA0\x80")),
            " is not valid UTF-8");
}

TEST(CommandJson, LimitsNesting) {
  const auto nested = [](std::size_t depth) {
    return "{\"deep\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(error_of("record-diagnosis", nested(8)), "/deep unknown field");
  EXPECT_EQ(error_of("record-diagnosis", nested(32)), " is nested deeper than 32 levels");
  EXPECT_EQ(error_of("record-diagnosis", nested(100'000)), " is nested deeper than 32 levels");
  EXPECT_EQ(error_of("record-diagnosis", std::string(100'000, '[') + std::string(100'000, ']')),
            " is nested deeper than 32 levels");
}

TEST(CommandJson, OptionalFieldsMayBeAbsentButNotNull) {
  EXPECT_TRUE(command_from_json("amend-patient", "{}", {}));
  EXPECT_EQ(error_of("amend-patient", R"({"sex":null})"), "/sex must not be null");
  EXPECT_EQ(error_of("amend-patient", R"({"sex":"f"})"), "/sex must be one of F, M, X, U");
  EXPECT_EQ(error_of("amend-patient", R"({"birth_year":1899})"),
            "/birth_year must be between 1900 and 2100");
  EXPECT_EQ(error_of("amend-patient", R"({"birth_year":2101})"),
            "/birth_year must be between 1900 and 2100");
}

TEST(CommandJson, MoneyIsWholeCents) {
  const auto text = command_to_json(charge_encounter());
  EXPECT_EQ(error_of("add-charge", replaced(text, "12550", "125.5")),
            "/unit_cents must be an integer");
  EXPECT_EQ(error_of("add-charge", replaced(text, "12550", "-1")),
            "/unit_cents must be between 0 and 9007199254740991");
  EXPECT_EQ(error_of("add-charge", replaced(text, "12550", "9007199254740992")),
            "/unit_cents must be between 0 and 9007199254740991");
  EXPECT_TRUE(command_from_json("add-charge", replaced(text, "12550", "9007199254740991"), {}));
}

// JSON Schema's `integer`, which the API's description promises, is a number and not a spelling.
TEST(CommandJson, AWholeNumberMayHaveAFraction) {
  for (const char* rank : {"2.0", "2e0", "20e-1"}) {
    const auto command =
        command_from_json("record-diagnosis",
                          replaced(kDiagnosis, "\"rank\":1", "\"rank\":" + std::string(rank)), {});
    ASSERT_TRUE(command) << rank << " " << command.error().message;
    EXPECT_EQ(std::get<RecordDiagnosis>(*command).rank, 2) << rank;
  }
  EXPECT_EQ(error_of("mark-patient-deceased", R"({"deceased_year":1e300})"),
            "/deceased_year must be an integer");
}

TEST(CommandJson, ATimeWithAnOffsetStaysInTheCalendar) {
  const auto schema = command_schema("stop-medication", {});
  EXPECT_NE(schema.find(R"("not":{"pattern":"^(1900-01-01|2199-12-31)T.*[+-][0-9:]{5}$"})"),
            std::string::npos)
      << schema;
}

TEST(CommandJson, AProceduresCodeGoesByItsSystem) {
  const auto text = command_to_json(record_procedure());
  EXPECT_EQ(error_of("record-procedure", replaced(text, "HCPCS", "PCS")),
            "/code must be a seven-character ICD-10-PCS code such as 0DTJ4ZZ");
  EXPECT_EQ(error_of("record-procedure", replaced(text, "G0438", "99213")),
            "/code must be a HCPCS Level II code (A, E, G, J or Q) such as G0438");
  EXPECT_TRUE(command_from_json("record-procedure",
                                replaced(replaced(text, "HCPCS", "PCS"), "G0438", "0DTJ4ZZ"), {}));
}

TEST(CommandJson, PresetsFillWhatTheBodyLacks) {
  const PresetFields preset{{"encounter_id", "e1000000-0000-7000-8000-000000000001"},
                            {"line_no", "3"},
                            {"patient_id", "of no field of this command"}};
  const auto command = command_from_json("void-charge", R"({"reason":"entered-in-error"})", preset);
  ASSERT_TRUE(command) << command.error().field << command.error().message;
  EXPECT_EQ(std::get<VoidCharge>(*command), void_charge(3));
}

TEST(CommandJson, AnEmptyBodyIsAnObjectWithoutFields) {
  const auto command = command_from_json(
      "finalize-bill", "", {{"encounter_id", "e1000000-0000-7000-8000-000000000001"}});
  ASSERT_TRUE(command);
  EXPECT_EQ(std::get<FinalizeBill>(*command), finalize_bill());
  EXPECT_EQ(error_of("finalize-bill", ""), "/encounter_id required");
}

TEST(CommandJson, ABodyAgreesWithItsPresets) {
  const PresetFields preset{{"encounter_id", "e1000000-0000-7000-8000-000000000001"}};
  const auto finalize = [&](std::string_view body) {
    return error_of("finalize-bill", body, preset);
  };
  EXPECT_TRUE(finalize(R"({"encounter_id":"E1000000-0000-7000-8000-000000000001"})")
                  .starts_with("accepted"));
  EXPECT_EQ(finalize(R"({"encounter_id":"e1000000-0000-7000-8000-000000000002"})"),
            "/encounter_id differs from the one that the URL names");
  EXPECT_EQ(finalize(R"({"patient_id":"a1000000-0000-7000-8000-000000000002"})"),
            "/patient_id unknown field");
}

TEST(CommandJson, PresetsAreCheckedLikeFields) {
  const auto with_line = [](const char* line_no) {
    return error_of(
        "void-charge", R"({"reason":"entered-in-error"})",
        {{"encounter_id", "e1000000-0000-7000-8000-000000000001"}, {"line_no", line_no}});
  };
  EXPECT_EQ(with_line("x"), "/line_no must be an integer");
  EXPECT_EQ(with_line("3x"), "/line_no must be an integer");
  EXPECT_EQ(with_line(""), "/line_no must be an integer");
  EXPECT_EQ(with_line("0"), "/line_no must be between 1 and 1000000");
  EXPECT_EQ(with_line("99999999999999999999"), "/line_no must be an integer");
  EXPECT_EQ(error_of("finalize-bill", "{}", {{"encounter_id", "7"}}),
            "/encounter_id must be a UUID");
}

TEST(CommandJson, AnUnknownCommandIsAnError) {
  EXPECT_EQ(error_of("admit-everyone", "{}"), " is of an unknown command");
  EXPECT_EQ(command_schema("admit-everyone", {}), "false");
}

TEST(CommandSchema, GivesTypesLimitsAndNames) {
  EXPECT_EQ(command_schema("void-charge", {"encounter_id", "line_no"}),
            R"({"type":"object","properties":{"encounter_id":{"type":"string","format":"uuid"},)"
            R"("line_no":{"type":"integer","minimum":1,"maximum":1000000},)"
            R"("reason":{"type":"string","pattern":"^[a-z][a-z0-9-]{1,39}$",)"
            R"("description":"a reason code such as entered-in-error"}},)"
            R"("required":["reason"],"additionalProperties":false})");
  EXPECT_EQ(command_schema("finalize-bill", {"encounter_id"}),
            R"({"type":"object","properties":{"encounter_id":{"type":"string","format":"uuid"}},)"
            R"("additionalProperties":false})");
  EXPECT_NE(command_schema("amend-patient", {})
                .find(R"("sex":{"type":"string","enum":["F","M","X","U"]})"),
            std::string::npos);
}

// The schema and the reader take their limits from one table; this holds both against the ends.
TEST(CommandSchema, LimitsAreTheReaders) {
  for (const auto& command : every_command()) {
    const auto name = command_name(command);
    const auto schema = command_schema(name, {});
    const auto text = command_to_json(command);
    for (const auto& bound : kBounds) {
      const auto key = "\"" + std::string(bound.field) + "\":";
      const auto at = text.find(key);
      if (at == std::string::npos) continue;
      EXPECT_NE(schema.find(key + "{\"type\":\"integer\",\"minimum\":" + std::to_string(bound.min) +
                            ",\"maximum\":" + std::to_string(bound.max) + "}"),
                std::string::npos)
          << schema;
      const auto from = at + key.size();
      const auto digits = text.find_first_not_of("0123456789", from) - from;
      const auto read = [&](std::int64_t value) {
        return command_from_json(name,
                                 std::string(text).replace(from, digits, std::to_string(value)), {})
            .ok();
      };
      EXPECT_TRUE(read(bound.min) && read(bound.max)) << name << " " << bound.field;
      EXPECT_FALSE(read(bound.min - 1) || read(bound.max + 1)) << name << " " << bound.field;
    }
  }
}

TEST(CommandNames, SayWhatTheCommandsAre) {
  EXPECT_EQ(command_name(register_patient()), "register-patient");
  EXPECT_EQ(command_name(MarkPatientDeceased{}), "mark-patient-deceased");
  EXPECT_EQ(command_name(RegisterProvider{}), "register-provider");
  EXPECT_EQ(command_name(RetireFacility{}), "retire-facility");
  EXPECT_EQ(command_name(admit()), "admit-encounter");
  EXPECT_EQ(command_name(reopen()), "reopen-encounter");
  EXPECT_EQ(command_name(revise_diagnosis()), "revise-diagnosis");
  EXPECT_EQ(command_name(void_procedure()), "void-procedure");
  EXPECT_EQ(command_name(prescribe()), "prescribe-medication");
  EXPECT_EQ(command_name(charge_encounter()), "add-charge");
  EXPECT_EQ(command_name(void_bill()), "void-bill");
  EXPECT_EQ(stream_kind_of(admit()), StreamKind::patient);
  EXPECT_EQ(stream_kind_of(AmendProvider{}), StreamKind::provider);
  EXPECT_EQ(stream_kind_of(register_facility()), StreamKind::facility);
}

}  // namespace
}  // namespace pim
