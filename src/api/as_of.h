// A chart as it stood at a version or a time, rendered in the form of the present one.
#pragma once

#include <optional>
#include <string>

#include "audit/audit.h"
#include "domain/state.h"
#include "readmodel/read_model.h"

namespace pim::api {

struct AsOfChart {
  std::string body;
  std::uint32_t rows = 0;
};

// nullopt: the cursor is not one of this chart. `now` is for the age band of the living.
std::optional<AsOfChart> render_as_of(const Patient& patient, const audit::Reconstructed& at,
                                      const readmodel::PageRequest& page, UtcMillis now);

}  // namespace pim::api
