#include "spine/requests_testing.h"

#include <utility>

#include "domain/command_json.h"

namespace pim::spine {
namespace {

Uuid numbered(std::uint8_t kind, unsigned n) {
  Uuid id;
  id.bytes = {0x01, 0x90, 0, 0, 0, 0, 0x70, kind, 0x80};
  id.bytes[14] = static_cast<std::uint8_t>(n >> 8U);
  id.bytes[15] = static_cast<std::uint8_t>(n);
  return id;
}

template <class C>
C code(std::string_view text) {
  return C::parse(text).value();
}

// A Luhn-valid NPI for the n-th holder.
Npi npi(unsigned n) {
  for (unsigned check = 0; check < 10; ++check) {
    const std::string digits = std::to_string(900'000'000 + n) + std::to_string(check);
    if (auto parsed = Npi::parse(digits)) return *parsed;
  }
  return {};
}

std::string alias(const char* prefix, unsigned n) {
  const std::string digits = std::to_string(n);
  return prefix + std::string(6 - digits.size(), '0') + digits;
}

}  // namespace

StreamId patient(unsigned n) { return {numbered(1, n)}; }
StreamId provider(unsigned n) { return {numbered(2, n)}; }
StreamId facility(unsigned n) { return {numbered(3, n)}; }
EncounterId encounter(unsigned n) { return {numbered(4, n)}; }
DiagnosisId diagnosis(unsigned n) { return {numbered(5, n)}; }
BillId bill(unsigned n) { return {numbered(6, n)}; }

TenantId tenant(const std::string& name) { return code<TenantId>(name); }

Command register_patient(unsigned n) {
  return RegisterPatient{{patient(n).value}, 1980,        Sex::female, code<UsState>("OH"),
                         code<Zip3>("441"),  std::nullopt};
}
Command register_provider(unsigned n, unsigned at_facility) {
  return RegisterProvider{{provider(n).value},
                          npi(n),
                          code<ProviderAlias>(alias("PRV-", n)),
                          Specialty::other,
                          {facility(at_facility).value}};
}
Command register_facility(unsigned n) {
  return RegisterFacility{{facility(n).value},
                          npi(500 + n),
                          code<FacilityAlias>(alias("FAC-", n)),
                          FacilityKind::clinic,
                          code<UsState>("OH"),
                          code<Zip3>("441"),
                          10};
}
Command amend_patient(int birth_year) {
  AmendPatient amend;
  amend.birth_year = birth_year;
  return amend;
}
Command retire_provider() { return RetireProvider{code<Reason>("left")}; }
Command admit(unsigned encounter_no, unsigned provider_no, unsigned facility_no) {
  return AdmitEncounter{encounter(encounter_no),
                        {provider(provider_no).value},
                        {facility(facility_no).value},
                        EncounterClass::ambulatory,
                        code<Pos>("11"),
                        kEpochTime};
}
Command discharge(unsigned encounter_no) {
  return DischargeEncounter{encounter(encounter_no), kEpochTime, Disposition::home};
}
Command record_diagnosis(unsigned diagnosis_no, unsigned encounter_no, int rank) {
  static constexpr const char* kCodes[] = {"E11.9", "I10", "J45.909", "M54.5"};
  return RecordDiagnosis{diagnosis(diagnosis_no),
                         encounter(encounter_no),
                         code<Icd10Cm>(kCodes[diagnosis_no % 4]),
                         rank,
                         false,
                         kEpochTime};
}
Command void_diagnosis(unsigned diagnosis_no, unsigned encounter_no) {
  return VoidDiagnosis{encounter(encounter_no), diagnosis(diagnosis_no),
                       code<Reason>("entered-in-error")};
}
Command open_bill(unsigned bill_no, unsigned encounter_no) {
  return OpenBill{bill(bill_no), encounter(encounter_no)};
}
Command add_charge(unsigned encounter_no, std::int64_t cents) {
  return AddCharge{encounter(encounter_no),
                   SourceKind::encounter,
                   encounter(encounter_no).value,
                   ChargeCategory::professional,
                   1,
                   Cents{cents}};
}

CommandRequest request(const std::string& user, const std::string& request_id, StreamId stream,
                       Command command, std::optional<Version> if_match) {
  CommandRequest request;
  request.stream = stream;
  request.if_match = if_match;
  request.origin.tenant = tenant("north");
  request.origin.user_id = user;
  request.origin.role = "clinician";
  request.origin.request_id = request_id;
  request.origin.recorded_at = kEpochTime;
  request.tenants = {tenant("north")};
  request.fingerprint =
      store::sha256(stream.to_string() + std::string(command_name(command)) +
                    command_to_json(command) + (if_match ? std::to_string(*if_match) : "any"));
  request.command = std::move(command);
  request.deadline = MonoTime::max();
  return request;
}

CommandRequest with_tenants(CommandRequest request, std::initializer_list<std::string> tenants) {
  request.origin.tenant = tenant(*tenants.begin());
  request.tenants.clear();
  for (const std::string& each : tenants) request.tenants.push_back(tenant(each));
  return request;
}

}  // namespace pim::spine
