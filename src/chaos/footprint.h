// What a fault would leave behind if its injector were killed, on record while it is in force:
// `pim chaos undo` restores from it. Faults that end with their injector (those of a fault disk, a
// fault proxy, and clients) leave none.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "chaos/process/process_id.h"
#include "domain/result.h"

namespace pim::chaos {

struct Footprint {
  std::string restore;  // how: "continue", "start", "cgroup", "clock", "table", "qdisc"
  std::string target;   // its name
  std::map<std::string, std::string, std::less<>> fields;  // what that way needs
};

// A directory with one file each. docs/formats/footprint.md.
class Footprints {
 public:
  // The directory is made with the first footprint.
  explicit Footprints(std::string directory);

  // On disk when it returns. Returns the file's name.
  Result<std::string, std::string> keep(const Footprint& footprint);
  void forget(const std::string& file);

  struct Left {
    std::string file;
    ProcessId injector;
    Footprint footprint;
  };
  // Unreadable files are in `problems`.
  std::vector<Left> all(std::vector<std::string>& problems) const;

 private:
  std::string directory_;
};

// Restores; the error says what is still in force. Harmless where that is done already.
Result<void, std::string> restore(const Footprint& footprint);

}  // namespace pim::chaos
