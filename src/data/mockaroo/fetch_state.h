// What a fetch has already got: `mockaroo-fetch.json` beside the files, and its pages.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace pim::data::mockaroo {

struct FetchState {
  struct File {
    std::string request;             // SHA-256 of what was asked for
    std::vector<std::string> pages;  // SHA-256 of each page that is there, in order
    std::string done;                // SHA-256 of the whole file; empty until then
  };
  std::map<std::string, File> files;           // by schema
  std::map<std::string, std::string> uploads;  // dataset -> SHA-256 of what was sent
};

// Empty where there is none, or none that can be read: then all is asked for anew.
FetchState load_fetch_state(const std::string& path);
// Whole or not at all.
bool save_fetch_state(const std::string& path, const FetchState& state);
// Likewise, for any file.
bool write_whole(const std::string& path, const std::string& text);

}  // namespace pim::data::mockaroo
