// Grafana's boards, Mimir's rules and our runbooks as the files have them, read for tests: the
// queries, where they stand, and where links lead. Malformed files throw; they are our own.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pim::stack {

enum class Language : std::uint8_t { promql, logql, traceql };

struct Query {
  std::string where;  // "pim-overview / Objectives / A"; unique
  Language language;
  std::string text;  // with Grafana's variables
  bool instant = false;
};

struct Link {
  std::string title;
  std::string url;
};

struct Panel {
  std::string where;  // "pim-overview / Objectives"
  std::string type;
  std::string description;
  std::vector<Query> queries;
  std::vector<Link> links;   // of the panel, and of its series
  std::vector<Query> leads;  // the queries of those that lead to Explore
};

struct Variable {
  std::string name;
  std::string metric;     // label_values(metric{selector}, name)
  std::string selector;   // may use the variables before it
  std::string all_value;  // empty: each of its values
};

struct Board {
  std::string uid;
  std::string title;
  std::vector<Variable> variables;
  std::vector<Query> annotations;
  std::vector<Panel> panels;  // no rows
};

// Every *.json below `directory`, by file name.
std::vector<Board> read_boards(const std::string& directory);
// The query of a link to Explore, "…/explore?…&panes=…"; none of another link.
std::vector<Query> queries_of_link(const Link& link, const std::string& where);

// The queries of runbooks, *.md in `directory`: blocks ```promql, ```logql and ```traceql.
// Query::where is "availability.md / 1".
std::vector<Query> read_runbooks(const std::string& directory);

struct Rule {
  std::string name;
  bool alert = false;
  std::string expression;
  std::map<std::string, std::string> labels;
  std::map<std::string, std::string> annotations;
};

// Every rule of *.yaml in `directory`.
std::vector<Rule> read_rules(const std::string& directory);

}  // namespace pim::stack
