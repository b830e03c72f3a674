// What a data directory holds, without what differs from run to run: event ids, times, traces,
// hashes and epochs.
#pragma once

#include <string>
#include <vector>

namespace pim::integration {

using StoreContent = std::vector<std::string>;  // a line an event or receipt, sorted

// Of a directory that no process has.
StoreContent content_of(const std::string& data);

struct ContentDifference {
  StoreContent missing;
  StoreContent extra;  // also what is there twice
};
ContentDifference difference(const StoreContent& wanted, const StoreContent& found);

}  // namespace pim::integration
