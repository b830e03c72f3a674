// What decide() puts into its events, beyond whether it accepts: decide_rules_test.cc has the
// rules.
#include "domain/decide.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "domain/domain_testing.h"
#include "domain/rejection.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)

template <class E>
E last_event(const Stream& stream) {
  return std::get<E>(stream.history.back());
}

TEST(Decide, RecordsAgesAboveEightyNineAsNinety) {
  for (auto [born, recorded] : {std::pair{1936, 1936}, {1935, 1935}, {1934, 1935}, {1900, 1935}}) {
    Stream stream;
    stream.accept(with(register_patient(), [&](auto& c) { c.birth_year = born; }));
    EXPECT_EQ(stream.patient().facts.birth_year, recorded) << born;
  }
  Stream stream({register_patient()});
  stream.accept(with(AmendPatient{}, [](auto& c) { c.birth_year = 1910; }));
  EXPECT_EQ(stream.patient().facts.birth_year, 1935);
}

// Years later the age limit has passed the year of death: the patient is not born after it.
TEST(Decide, RecordsNoBirthAfterDeath) {
  Stream stream(
      {with(register_patient(), [](auto& c) { c.birth_year = 1935; }), MarkPatientDeceased{1936}});
  stream.references.now = must(UtcMillis::parse("2031-06-01T00:00:00Z"));
  stream.accept(with(AmendPatient{}, [](auto& c) { c.birth_year = 1930; }));
  EXPECT_EQ(stream.patient().facts.birth_year, 1936);
}

TEST(Decide, AmendmentsCarryOnlyWhatChanges) {
  Stream stream({register_patient()});
  stream.accept(AmendPatient{1970, Sex::male, code<UsState>("OH"), {}, code<Region>("us-east")});
  EXPECT_EQ(last_event<PatientAmended>(stream),
            (PatientAmended{{}, Sex::male, {}, {}, code<Region>("us-east")}));
}

TEST(Decide, EventsNameTheVersionsOfTheirReferences) {
  Stream stream({register_patient()});
  stream.references.providers[0].second.version = 17;
  stream.references.facilities[0].second.version = 23;
  stream.accept(admit());
  EXPECT_EQ(last_event<EncounterAdmitted>(stream).provider_version, 17U);
  EXPECT_EQ(last_event<EncounterAdmitted>(stream).facility_version, 23U);
  stream.accept(TransferEncounter{encounter_id(), provider_id(2), {}, hour(10)});
  EXPECT_EQ(last_event<EncounterTransferred>(stream).provider_version, 2U);
  EXPECT_FALSE(last_event<EncounterTransferred>(stream).facility_version);
}

TEST(Decide, MoneyIsMultipliedAndSummed) {
  Stream stream({register_patient(), admit(), record_procedure(), open_bill(), charge_encounter(),
                 charge_procedure()});
  const auto& bill = stream.encounter().bills.back();
  EXPECT_EQ(bill.lines[0].amount_cents, Cents{25'100});
  EXPECT_EQ(bill.lines[1].line_no, 2);
  EXPECT_EQ(bill.total_cents, Cents{50'200});
  stream.accept(void_charge(1));
  EXPECT_EQ(stream.encounter().bills.back().total_cents, Cents{25'100});
  stream.accept(discharge());
  stream.accept(finalize_bill());
  EXPECT_EQ(last_event<BillFinalized>(stream).total_cents, Cents{25'100});
}

TEST(Decide, LineNumbersAreNotUsedAgain) {
  Stream stream({register_patient(), admit(), open_bill(), charge_encounter(), void_charge(1),
                 charge_encounter()});
  EXPECT_EQ(last_event<ChargeAdded>(stream).line_no, 2);
}

TEST(Decide, ReopeningForgetsTheDischarge) {
  Stream stream({register_patient(), admit(), discharge(), reopen()});
  EXPECT_EQ(stream.encounter().status, EncounterStatus::open);
  EXPECT_FALSE(stream.encounter().discharged_at);
  EXPECT_FALSE(stream.encounter().disposition);
}

TEST(Decide, AVoidKeepsWhatWasVoided) {
  Stream stream({register_patient(), admit(), record_diagnosis(), void_diagnosis()});
  ASSERT_EQ(stream.encounter().diagnoses.size(), 1U);
  EXPECT_TRUE(stream.encounter().diagnoses[0].voided);
  EXPECT_EQ(stream.encounter().diagnoses[0].icd10cm, record_diagnosis().icd10cm);
}

TEST(Decide, ReferencesAreThoseThatTheCommandNames) {
  using Ids = std::vector<ReferenceId>;
  EXPECT_EQ(references_of(register_patient()), Ids{});
  EXPECT_EQ(references_of(register_facility()), Ids{});
  EXPECT_EQ(references_of(register_provider()), Ids{facility_id()});
  EXPECT_EQ(references_of(AmendProvider{}), Ids{});
  EXPECT_EQ(references_of(AmendProvider{{}, facility_id(2)}), Ids{facility_id(2)});
  EXPECT_EQ(references_of(admit()), (Ids{provider_id(), facility_id()}));
  EXPECT_EQ(references_of(transfer()), Ids{provider_id(2)});
  EXPECT_EQ(references_of(record_procedure()), Ids{provider_id()});
  EXPECT_EQ(references_of(prescribe()), Ids{provider_id()});
  EXPECT_EQ(references_of(discharge()), Ids{});
}

// With no references at hand, exactly the commands that announce some must miss one.
TEST(Decide, LooksUpWhatReferencesOfAnnounces) {
  for (const auto& command : every_command()) {
    Stream stream;
    if (stream_kind_of(command) == StreamKind::patient) stream.accept(register_patient());
    if (std::holds_alternative<AmendProvider>(command)) stream.accept(register_provider());
    if (std::holds_alternative<RegisterProvider>(command)) stream = Stream();
    if (!std::holds_alternative<AdmitEncounter>(command) &&
        stream_kind_of(command) == StreamKind::patient) {
      stream.accept(admit());
    }
    stream.references = References{stream.references.now, {}, {}};
    const auto refused = stream.offer(command);
    const bool missed = refused == "provider-unknown" || refused == "facility-unknown";
    EXPECT_EQ(missed, !references_of(command).empty()) << command_name(command) << " " << refused;
  }
}

TEST(Evolve, IgnoresEventsOfWhatItDoesNotHold) {
  const Stream full({register_patient(), admit(), record_diagnosis(), admit(2), discharge()});
  StreamState one{Patient{}};
  for (const auto& event : full.history) {
    const auto* admission = std::get_if<EncounterAdmitted>(&event);
    if (admission && admission->encounter_id == encounter_id(2)) continue;
    evolve(one, event);
  }
  ASSERT_EQ(std::get<Patient>(one).encounters.all().size(), 1U);
  EXPECT_EQ(std::get<Patient>(one).encounters.all()[0], full.encounter(1));

  StreamState nothing;
  evolve(nothing, full.history[1]);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(nothing));
  StreamState provider = Stream({register_provider()}).state;
  const auto before = provider;
  for (const auto& event : full.history) evolve(provider, event);
  EXPECT_EQ(provider, before);
}

// A repeated event is a bug of the caller's, but not one that may tear the state.
TEST(Evolve, TakesARepeatedEventWithoutHarm) {
  Stream stream({register_patient(), admit(), open_bill(), charge_encounter(), void_charge()});
  const auto before = stream.state;
  evolve(stream.state, stream.history.back());  // the void
  evolve(stream.state, stream.history[1]);      // the admission
  evolve(stream.state, stream.history[0]);      // the registration
  EXPECT_EQ(stream.state, before);
}

TEST(Evolve, FindsEncountersByIdAfterCopies) {
  Stream stream({register_patient()});
  for (unsigned n = 1; n <= 50; ++n) stream.accept(admit(n));
  const StreamState copy = stream.state;
  const auto& encounters = std::get<Patient>(copy).encounters;
  for (unsigned n = 1; n <= 50; ++n) {
    ASSERT_TRUE(encounters.find(encounter_id(n)));
    EXPECT_EQ(encounters.find(encounter_id(n))->encounter_id, encounter_id(n));
  }
  EXPECT_FALSE(encounters.find(encounter_id(51)));
}

TEST(RejectionCatalogue, NamesAreUniqueAndKebabCase) {
  std::vector<std::string_view> types;
  for (const auto& info : rejection_catalogue()) {
    EXPECT_TRUE(Reason::parse(info.type)) << info.type;
    EXPECT_FALSE(info.title.empty());
    EXPECT_FALSE(info.remedy.empty());
    EXPECT_EQ(std::count(types.begin(), types.end(), info.type), 0) << info.type;
    types.push_back(info.type);
  }
}

TEST(RejectionCatalogue, AbsenceIsNotFoundAndTheRestIsConflict) {
  for (const auto& info : rejection_catalogue()) {
    const bool absent = info.type == "stream-unknown" || info.type == "encounter-unknown" ||
                        info.type == "diagnosis-unknown" || info.type == "procedure-unknown" ||
                        info.type == "medication-unknown" || info.type == "bill-unknown" ||
                        info.type == "line-unknown";
    EXPECT_EQ(info.status_class == RejectionClass::not_found, absent) << info.type;
  }
  EXPECT_EQ(find_rejection("no-such-thing"), nullptr);
}

TEST(RejectionDetail, PutsTheParametersIn) {
  EXPECT_EQ(rejection_detail({"encounter-not-open", {{"id", "e1"}, {"status", "cancelled"}}}),
            "The encounter e1 is cancelled.");
  EXPECT_EQ(rejection_detail({"encounter-not-open", {{"id", "e1"}}}), "The encounter is not open.");
  EXPECT_EQ(rejection_detail({"of-an-older-build", {}}), "of-an-older-build");
}

}  // namespace
}  // namespace pim
