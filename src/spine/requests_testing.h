// Requests for tests: a small world of numbered ids, and commands about them that are valid in
// form.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "spine/spine.h"

namespace pim::spine {

// The n-th id; each kind of thing has its own.
StreamId patient(unsigned n);
StreamId provider(unsigned n);
StreamId facility(unsigned n);
EncounterId encounter(unsigned n);
DiagnosisId diagnosis(unsigned n);
BillId bill(unsigned n);

TenantId tenant(const std::string& name);

// 2024-01-01T00:00:00Z; commands are recorded from here on.
inline constexpr UtcMillis kEpochTime{1'704'067'200'000};

Command register_patient(unsigned n);
Command register_provider(unsigned n, unsigned at_facility);
Command register_facility(unsigned n);
Command amend_patient(int birth_year);
Command retire_provider();
Command admit(unsigned encounter_no, unsigned provider_no, unsigned facility_no);
Command discharge(unsigned encounter_no);
Command record_diagnosis(unsigned diagnosis_no, unsigned encounter_no, int rank);
Command void_diagnosis(unsigned diagnosis_no, unsigned encounter_no);
Command open_bill(unsigned bill_no, unsigned encounter_no);
Command add_charge(unsigned encounter_no, std::int64_t cents);

// By `user`, of tenant "north" with a token for it; the fingerprint covers stream, command and
// If-Match, as the API's does. Deadline: never.
CommandRequest request(const std::string& user, const std::string& request_id, StreamId stream,
                       Command command, std::optional<Version> if_match = std::nullopt);
CommandRequest with_tenants(CommandRequest request, std::initializer_list<std::string> tenants);

}  // namespace pim::spine
