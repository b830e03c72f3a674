#include "domain/event.h"

#include "domain/names.h"

namespace pim {

std::string_view event_type(const Event& event) { return kEventTypes[event.index()]; }

}  // namespace pim
