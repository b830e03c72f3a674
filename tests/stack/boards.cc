#include "boards.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <stdexcept>

namespace pim::stack {
namespace {

using Json = nlohmann::json;

std::vector<std::filesystem::path> files_of(const std::string& directory, const char* extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

// Of a data source by its type or uid, or by its own name.
Language language_of(const std::string& name) {
  if (name == "prometheus" || name == "mimir" || name == "promql") return Language::promql;
  if (name == "loki" || name == "logql") return Language::logql;
  if (name == "tempo" || name == "traceql") return Language::traceql;
  throw std::runtime_error("no data source or language is called " + name);
}

Query query_of(const Json& target, const Json& source, const std::string& where) {
  const auto& kind = source.is_object() ? source.at("type") : source;
  const auto language = language_of(kind.get<std::string>());
  const char* text = language == Language::traceql ? "query" : "expr";
  return {where, language, target.at(text).get<std::string>(), target.value("instant", false)};
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      plain += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Panel panel_of(const Json& json, const std::string& board) {
  Panel panel;
  panel.where = board + " / " + json.at("title").get<std::string>();
  panel.type = json.at("type").get<std::string>();
  panel.description = json.value("description", "");
  for (const auto& target : json.value("targets", Json::array())) {
    panel.queries.push_back(query_of(target, target.at("datasource"),
                                     panel.where + " / " + target.at("refId").get<std::string>()));
  }
  auto links = json.value("links", Json::array());
  const auto of_series = json.value("/fieldConfig/defaults/links"_json_pointer, Json::array());
  links.insert(links.end(), of_series.begin(), of_series.end());
  for (const auto& link : links) {
    panel.links.push_back({link.at("title").get<std::string>(), link.at("url").get<std::string>()});
    for (auto& query : queries_of_link(panel.links.back(), panel.where)) {
      panel.leads.push_back(std::move(query));
    }
  }
  return panel;
}

Variable variable_of(const Json& json) {
  Variable variable;
  variable.name = json.at("name").get<std::string>();
  variable.all_value = json.value("allValue", "");
  const auto text = json.at("query").at("query").get<std::string>();
  static const std::regex kLabelValues(R"(label_values\((\w+)\{(.*)\}, (\w+)\))");
  std::smatch parts;
  if (!std::regex_match(text, parts, kLabelValues) || parts[3] != variable.name) {
    throw std::runtime_error("variable " + variable.name + " is not made by label_values: " + text);
  }
  variable.metric = parts[1];
  variable.selector = parts[2];
  return variable;
}

Board board_of(const Json& json) {
  Board board;
  board.uid = json.at("uid").get<std::string>();
  board.title = json.at("title").get<std::string>();
  for (const auto& each : json.value("/templating/list"_json_pointer, Json::array())) {
    board.variables.push_back(variable_of(each));
  }
  for (const auto& each : json.value("/annotations/list"_json_pointer, Json::array())) {
    board.annotations.push_back(query_of(each, each.at("datasource"),
                                         board.uid + " / " + each.at("name").get<std::string>()));
  }
  for (const auto& each : json.at("panels")) {
    if (each.at("type") != "row") board.panels.push_back(panel_of(each, board.uid));
  }
  return board;
}

std::map<std::string, std::string> texts_in(const YAML::Node& node) {
  std::map<std::string, std::string> texts;
  for (const auto& each : node) texts[each.first.as<std::string>()] = each.second.as<std::string>();
  return texts;
}

}  // namespace

std::vector<Board> read_boards(const std::string& directory) {
  std::vector<Board> boards;
  for (const auto& file : files_of(directory, ".json")) {
    std::ifstream in(file);
    boards.push_back(board_of(Json::parse(in)));
  }
  return boards;
}

std::vector<Query> queries_of_link(const Link& link, const std::string& where) {
  std::vector<Query> queries;
  if (!link.url.starts_with("/explore?")) return queries;
  const auto panes = Json::parse(unescaped(link.url.substr(link.url.find("panes=") + 6)));
  for (const auto& pane : panes) {
    for (const auto& query : pane.at("queries")) {
      queries.push_back(query_of(query, pane.at("datasource"), where + " -> " + link.title));
    }
  }
  return queries;
}

std::vector<Query> read_runbooks(const std::string& directory) {
  std::vector<Query> queries;
  for (const auto& file : files_of(directory, ".md")) {
    std::ifstream page(file);
    bool inside = false;
    int number = 0;
    for (std::string line; std::getline(page, line);) {
      const auto text = line.substr(std::min(line.find_first_not_of(' '), line.size()));
      if (inside && text == "```") {
        inside = false;
      } else if (inside) {
        queries.back().text += text;
      } else if (text.starts_with("```")) {
        inside = true;
        const auto where = file.filename().string() + " / " + std::to_string(++number);
        queries.push_back({where, language_of(text.substr(3)), {}, true});
      }
    }
  }
  return queries;
}

std::vector<Rule> read_rules(const std::string& directory) {
  std::vector<Rule> rules;
  for (const auto& file : files_of(directory, ".yaml")) {
    for (const auto& group : YAML::LoadFile(file)["groups"]) {
      for (const auto& each : group["rules"]) {
        Rule rule;
        rule.alert = static_cast<bool>(each["alert"]);
        rule.name = each[rule.alert ? "alert" : "record"].as<std::string>();
        rule.expression = each["expr"].as<std::string>();
        rule.labels = texts_in(each["labels"]);
        rule.annotations = texts_in(each["annotations"]);
        rules.push_back(std::move(rule));
      }
    }
  }
  return rules;
}

}  // namespace pim::stack
