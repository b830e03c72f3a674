// Audit records of what the store holds (docs/formats/audit-record.md): events and receipts, by
// their hashes and never by their values.
#pragma once

#include <string>

#include "store/record.h"

namespace pim::audit {

std::string event_record(const store::EventRecord& event);
std::string receipt_record(const store::Receipt& receipt);

}  // namespace pim::audit
