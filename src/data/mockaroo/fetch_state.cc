#include "data/mockaroo/fetch_state.h"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace pim::data::mockaroo {
namespace {

constexpr int kStateFormat = 1;

}  // namespace

bool write_whole(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  return out && std::rename(beside.c_str(), path.c_str()) == 0;
}

FetchState load_fetch_state(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto json = nlohmann::json::parse(text, nullptr, false);
  FetchState state;
  try {
    if (!json.is_object() || json.at("format") != kStateFormat) return {};
    for (const auto& [name, file] : json.at("files").items()) {
      auto& into = state.files[name];
      file.at("request").get_to(into.request);
      file.at("pages").get_to(into.pages);
      file.at("done").get_to(into.done);
    }
    json.at("uploads").get_to(state.uploads);
  } catch (const nlohmann::json::exception&) {  // not ours, or cut off
    return {};
  }
  return state;
}

bool save_fetch_state(const std::string& path, const FetchState& state) {
  nlohmann::ordered_json json = {{"format", kStateFormat},
                                 {"files", nlohmann::ordered_json::object()},
                                 {"uploads", state.uploads}};
  for (const auto& [name, file] : state.files) {
    json["files"][name] = {{"request", file.request}, {"pages", file.pages}, {"done", file.done}};
  }
  return write_whole(path, json.dump(2) + "\n");
}

}  // namespace pim::data::mockaroo
