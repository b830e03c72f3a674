// Fills a store offline, through its port, with the histories that synthetic traffic would leave.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"

namespace pim::bench {

struct FillOptions {
  std::string directory;       // a store is made in it
  std::uint64_t patients = 0;  // at least so many of both
  std::uint64_t events = 0;
  std::function<void(std::uint64_t events)> progress;  // now and then; may be empty
};
struct Filled {
  std::vector<Uuid> patients;  // in the order of their registration
  std::vector<std::string> facilities;
  std::vector<std::string> providers;
  std::uint64_t events = 0;
  double seconds = 0;
};
// Every event is decided by the domain, every append checked by the store, as over HTTP.
Result<Filled, std::string> fill_store(const FillOptions& options);

}  // namespace pim::bench
