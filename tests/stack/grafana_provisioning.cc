#include "grafana_provisioning.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>

namespace pim::grafana {
namespace {

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Of what stands between two `$$`.
Result<std::string, std::string> expand_part(std::string_view text,
                                             const Environment& environment) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '$' || i + 1 == text.size()) {
      out += text[i++];
      continue;
    }
    const bool braced = text[i + 1] == '{';
    const auto from = i + 1 + (braced ? 1 : 0);
    auto to = from;
    while (to < text.size() && is_name(text[to])) ++to;
    if (braced && (to == text.size() || text[to] != '}')) {
      return Err{"`${` without a variable's name in: " + std::string(text)};
    }
    if (to == from) {
      out += text[i++];  // a dollar before something else
      continue;
    }
    const std::string name(text.substr(from, to - from));
    const auto found = environment.find(name);
    if (found == environment.end()) return Err{"$" + name + " is not set"};
    out += found->second;
    i = to + (braced ? 1 : 0);
  }
  return out;
}

Json scalar(const YAML::Node& node, const Environment& environment) {
  const auto& text = node.Scalar();
  if (node.Tag() != "!") {  // not in quotes
    if (text == "true") return true;
    if (text == "false") return false;
    std::int64_t number = 0;
    if (YAML::convert<std::int64_t>::decode(node, number)) return number;
  }
  auto expanded = expand(text, environment);
  if (!expanded) throw YAML::Exception(node.Mark(), expanded.error());
  return *expanded;
}

Json to_json(const YAML::Node& node, const Environment& environment) {
  switch (node.Type()) {
    case YAML::NodeType::Map: {
      Json object = Json::object();
      for (const auto& member : node) {
        object[member.first.Scalar()] = to_json(member.second, environment);
      }
      return object;
    }
    case YAML::NodeType::Sequence: {
      Json array = Json::array();
      for (const auto& element : node) array.push_back(to_json(element, environment));
      return array;
    }
    case YAML::NodeType::Scalar:
      return scalar(node, environment);
    default:
      return nullptr;
  }
}

}  // namespace

Result<Environment, std::string> read_environment(const std::string& file) {
  std::ifstream in(file);
  if (!in) return Err{"cannot read " + file};
  Environment environment;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto equals = line.find('=');
    if (equals == line.npos) return Err{file + ": no NAME=VALUE: " + line};
    environment[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return environment;
}

Result<std::string, std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const auto escaped = text.find("$$");
    auto part = expand_part(text.substr(0, escaped), environment);
    if (!part) return part;
    out += *part;
    if (escaped == text.npos) return out;
    out += '$';
    text.remove_prefix(escaped + 2);
  }
}

Result<Provisioning, std::string> Provisioning::parse(const std::string& yaml,
                                                      const Environment& environment) {
  Provisioning made;
  try {
    const auto document = to_json(YAML::Load(yaml), environment);
    for (const auto& source : document.value("datasources", Json::array())) {
      if (!source.is_object() || !source.contains("uid") || !source.contains("type")) {
        return Err{std::string("a data source without uid or type")};
      }
      made.sources_.push_back(source);
    }
  } catch (const std::exception& error) {  // of yaml-cpp, and of JSON of another form
    return Err{std::string(error.what())};
  }
  return made;
}

Result<Provisioning, std::string> Provisioning::load(const std::string& directory,
                                                     const Environment& environment) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  if (files.empty()) return Err{"no *.yaml in " + directory};
  std::ranges::sort(files);
  Provisioning all;
  for (const auto& file : files) {
    std::ifstream in(file);
    auto one = parse({std::istreambuf_iterator<char>(in), {}}, environment);
    if (!one) return Err{file.string() + ": " + one.error()};
    std::ranges::move(one->sources_, std::back_inserter(all.sources_));
  }
  return all;
}

const Json* Provisioning::source(std::string_view uid) const {
  const auto found =
      std::ranges::find_if(sources_, [&](const Json& source) { return source["uid"] == uid; });
  return found == sources_.end() ? nullptr : &*found;
}

Provisioning Provisioning::with(std::string_view uid, const std::string& pointer,
                                const Json& value) const {
  Provisioning copy = *this;
  for (auto& source : copy.sources_) {
    if (source["uid"] != uid) continue;
    const Json::json_pointer at(pointer);
    if (value.is_null()) {
      source.at(at.parent_pointer()).erase(at.back());
    } else {
      source.at(at) = value;
    }
  }
  return copy;
}

}  // namespace pim::grafana
