// What boards, rules and runbooks must be before any back end is asked: complete, and every link
// and every metric's name leads to something that exists.
#include "boards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "promql.h"

namespace pim::stack {
namespace {

using Names = std::set<std::string>;

const std::vector<Board>& boards() {
  static const auto read = read_boards("observability/grafana/dashboards");
  return read;
}
const std::vector<Board>& runbooks() {
  static const auto read = read_boards("observability/grafana/runbooks");
  return read;
}
const std::vector<Rule>& rules() {
  static const auto read = read_rules("observability/mimir/rules");
  return read;
}

Names uids() {
  Names uids;
  for (const auto* each : {&boards(), &runbooks()}) {
    for (const auto& board : *each) uids.insert(board.uid);
  }
  return uids;
}

// Every series that can be, with its labels: of the server and the load generator, whose tests hold
// these lists to the code, and of checks.
std::map<std::string, Names> series_of_ours() {
  std::map<std::string, Names> series;
  std::string lists;
  for (const auto* path : {"src/api/golden/metric_names.txt", "src/load/golden/metric_names.txt",
                           "src/telemetry/golden/check_metric_names.txt"}) {
    std::ifstream file(path);
    lists.append(std::istreambuf_iterator<char>(file), {});
  }
  std::istringstream file(lists);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::string type;
    words >> name >> type;
    Names labels{"job", "instance"};
    for (std::string label; words >> label;) labels.insert(label);
    if (type == "gauge") series[name] = labels;
    if (type == "counter") series[name + "_total"] = labels;
    if (type == "histogram") {
      for (const auto* part : {"_sum", "_count"}) series[name + part] = labels;
      labels.insert("le");
      series[name + "_bucket"] = labels;
    }
  }
  return series;
}

// The labels that a selector's matchers name.
Names labels_of(const std::string& selector) {
  static const std::regex kMatcher(R"((\w+)\s*(=~|!~|!=|=)\s*")");
  Names labels;
  for (std::sregex_iterator each(selector.begin(), selector.end(), kMatcher), end; each != end;
       ++each) {
    labels.insert((*each)[1]);
  }
  return labels;
}

// What is neither ours nor recorded: of the scrape, the ruler, the kubelet and the other programs.
// That they exist, dashboards_test.cc and tests/cluster/kubernetes_board.sh ask the real ones.
bool is_elsewhere(const std::string& name) {
  static const std::regex kElsewhere(
      "up|ALERTS|process_start_time_seconds|"
      "(otelcol|loki|tempo|cortex|pyroscope|container|kubelet|gateway)_.*");
  return std::regex_match(name, kElsewhere);
}

// The uids that "/d/UID…" leads to; of "/d/runbook-${__field.labels.slo}" one for each objective.
Names targets_of(const std::string& url) {
  const auto at = url.find("/d/");
  if (at == url.npos) return {};
  auto uid = url.substr(at + 3);
  uid = uid.substr(0, uid.find('?'));
  const auto open = std::min(uid.find("${__field.labels.slo}"), uid.find("{{ $labels.slo }}"));
  if (open == uid.npos) return {uid};
  Names targets;
  for (const auto& rule : rules()) {
    if (rule.labels.contains("slo")) targets.insert(uid.substr(0, open) + rule.labels.at("slo"));
  }
  return targets;
}

TEST(Boards, AreTheSevenAndHaveUidsOfTheirOwn) {
  Names found;
  for (const auto& board : boards()) EXPECT_TRUE(found.insert(board.uid).second) << board.uid;
  EXPECT_EQ(found, (Names{"pim-cluster", "pim-overview", "pim-read-side", "pim-shards", "pim-slo",
                          "pim-telemetry", "pim-write-path"}));
  for (const auto& board : runbooks()) EXPECT_TRUE(found.insert(board.uid).second) << board.uid;
}

TEST(Boards, SayOfEachPanelWhatItIsWhatIsNormalAndWhatToDo) {
  for (const auto& board : boards()) {
    EXPECT_LE(board.panels.size(), 12U) << board.uid << ": nobody reads more at 3 a.m.";
    Names titles;
    for (const auto& panel : board.panels) {
      EXPECT_TRUE(titles.insert(panel.where).second) << panel.where << " is there twice";
      EXPECT_FALSE(panel.queries.empty()) << panel.where;
      EXPECT_NE(panel.description.find("**Normal:** "), std::string::npos) << panel.where;
      EXPECT_NE(panel.description.find("**If not:** "), std::string::npos) << panel.where;
      EXPECT_FALSE(panel.links.empty()) << panel.where;
    }
  }
}

TEST(Boards, LeadToWhatExists) {
  const auto known = uids();
  std::size_t followed = 0;
  for (const auto& board : boards()) {
    for (const auto& panel : board.panels) {
      for (const auto& link : panel.links) {
        if (link.url.starts_with("/explore?")) {
          followed += queries_of_link(link, panel.where).size();
          continue;
        }
        const auto targets = targets_of(link.url);
        EXPECT_FALSE(targets.empty()) << panel.where << ": " << link.url;
        for (const auto& uid : targets)
          EXPECT_TRUE(known.contains(uid)) << panel.where << ": " << uid;
        followed += targets.size();
      }
    }
  }
  EXPECT_GT(followed, 100U);
}

TEST(Boards, UseVariablesThatTheyDeclare) {
  static const std::regex kVariable(R"(\$(\w+))");
  for (const auto& board : boards()) {
    Names declared{"__rate_interval", "__range"};
    for (const auto& variable : board.variables) declared.insert(variable.name);
    for (const auto& panel : board.panels) {
      for (const auto& query : panel.queries) {
        const std::sregex_iterator begin(query.text.begin(), query.text.end(), kVariable);
        for (auto each = begin; each != std::sregex_iterator(); ++each) {
          EXPECT_TRUE(declared.contains((*each)[1])) << query.where << ": " << (*each)[1];
        }
      }
    }
  }
}

TEST(Boards, UseMetricsAndLabelsThatExist) {
  const auto known = series_of_ours();
  Names recorded;
  for (const auto& rule : rules()) {
    if (!rule.alert) recorded.insert(rule.name);
  }
  std::size_t looked_at = 0;
  const auto look = [&](const std::string& expression, const std::string& where) {
    for (const auto& selector : selectors_of(expression)) {
      ++looked_at;
      if (recorded.contains(selector.metric) || is_elsewhere(selector.metric)) continue;
      const auto series = known.find(selector.metric);
      if (series == known.end()) {
        ADD_FAILURE() << where << ": there is no " << selector.metric;
        continue;
      }
      for (const auto& label : labels_of(selector.text)) {
        EXPECT_TRUE(series->second.contains(label))
            << where << ": no " << label << " in " << selector.text;
      }
    }
  };
  for (const auto& board : boards()) {
    for (const auto& variable : board.variables) {
      look(variable.metric + "{" + variable.selector + "}", board.uid);
    }
    for (const auto& panel : board.panels) {
      for (const auto& query : panel.queries) {
        if (query.language == Language::promql) look(query.text, query.where);
      }
    }
  }
  for (const auto& rule : rules()) look(rule.expression, rule.name);
  EXPECT_GT(looked_at, 150U);
}

TEST(Rules, AlertsSayHowBadAndLeadToRunbookAndBoard) {
  const auto known = uids();
  Names names;
  for (const auto& rule : rules()) {
    if (!rule.alert) continue;
    EXPECT_TRUE(names.insert(rule.name).second) << rule.name << " is there twice";
    EXPECT_TRUE((Names{"page", "ticket", "none"}.contains(rule.labels.at("severity"))))
        << rule.name;
    EXPECT_FALSE(rule.annotations.at("summary").empty()) << rule.name;
    for (const auto* link : {"runbook_url", "dashboard_url"}) {
      const auto& url = rule.annotations.at(link);
      EXPECT_TRUE(url.starts_with("{{ $externalURL }}/d/")) << rule.name << ": " << url;
      for (const auto& uid : targets_of(url))
        EXPECT_TRUE(known.contains(uid)) << rule.name << ": " << uid;
    }
    for (const auto& uid : targets_of(rule.annotations.at("runbook_url"))) {
      // Promises have other alerts than budgets; a page names those of its objective.
      const bool promise = uid == "runbook-durability" || uid == "runbook-auditability";
      if (promise != (rule.name == "PimPromiseBroken")) continue;
      std::ifstream page("docs/runbooks/" + uid.substr(uid.find('-') + 1) + ".md");
      const std::string text{std::istreambuf_iterator<char>(page), {}};
      EXPECT_NE(text.find(rule.name), text.npos) << uid << " does not name " << rule.name;
    }
  }
  EXPECT_GE(names.size(), 10U);
}

TEST(Runbooks, AreLinkedAndNameTheirAlert) {
  Names linked;
  for (const auto& board : boards()) {
    for (const auto& panel : board.panels) {
      for (const auto& link : panel.links) linked.merge(targets_of(link.url));
    }
  }
  Names alerts;
  for (const auto& rule : rules()) {
    if (!rule.alert) continue;
    alerts.insert(rule.name);
    linked.merge(targets_of(rule.annotations.at("runbook_url")));
  }
  std::size_t found = 0;
  for (const auto& file : std::filesystem::directory_iterator("docs/runbooks")) {
    ++found;
    const auto name = file.path().stem().string();
    EXPECT_TRUE(linked.contains("runbook-" + name)) << name << " is linked from nowhere";
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    for (const auto* part : {"**Alert** ", "**Panel** ", "## First three checks", "## Fix"}) {
      EXPECT_NE(text.find(part), std::string::npos) << name << " lacks " << part;
    }
    static const std::regex kAlert(R"(\bPim[A-Z]\w+)");
    for (std::sregex_iterator each(text.begin(), text.end(), kAlert), end; each != end; ++each) {
      EXPECT_TRUE(alerts.contains(each->str())) << name << ": no alert is called " << each->str();
    }
  }
  EXPECT_EQ(found, runbooks().size());
}

// "Overview, *This* and *That*; Shards, *Other*", behind "**Panel** ": each board and each panel of
// it that is named.
std::vector<std::pair<std::string, std::string>> panels_named(const std::string& runbook) {
  std::vector<std::pair<std::string, std::string>> panels;
  auto line = runbook.substr(runbook.find("**Panel** ") + 10);
  line = line.substr(0, std::min(line.find(" \u00b7 "), line.find('\n')));
  std::istringstream parts(line);
  static const std::regex kTitle(R"(\*([^*]+)\*)");
  for (std::string part; std::getline(parts, part, ';');) {
    const auto begin = part.find_first_not_of(' ');
    const auto board = part.substr(begin, part.find(',') - begin);
    for (std::sregex_iterator each(part.begin(), part.end(), kTitle), end; each != end; ++each) {
      panels.emplace_back(board, (*each)[1]);
    }
  }
  return panels;
}

TEST(Runbooks, NamePanelsThatExistAQueryAndThreeChecks) {
  Names titles;
  for (const auto& board : boards()) {
    for (const auto& panel : board.panels) {
      titles.insert(board.title + panel.where.substr(panel.where.find(" / ")));
    }
  }
  const auto queries = read_runbooks("docs/runbooks");
  std::size_t panels = 0;
  for (const auto& file : std::filesystem::directory_iterator("docs/runbooks")) {
    const auto name = file.path().filename().string();
    std::ifstream in(file.path());
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto named = panels_named(text);
    EXPECT_FALSE(named.empty()) << name << " names no panel";
    panels += named.size();
    for (const auto& [board, title] : named) {
      const auto full = "PIM / " + board + " / " + title;
      EXPECT_TRUE(titles.contains(full)) << name << ": there is no panel " << full;
    }
    EXPECT_TRUE(std::ranges::any_of(
        queries, [&](const Query& query) { return query.where.starts_with(name); }))
        << name << " has no query";
    auto checks = text.substr(text.find("## First three checks"));
    checks = checks.substr(0, checks.find("\n## Fix"));
    for (const auto* number : {"\n1. ", "\n2. ", "\n3. "}) {
      EXPECT_NE(checks.find(number), checks.npos) << name << " lacks check" << number;
    }
    EXPECT_EQ(checks.find("\n4. "), checks.npos) << name << " has more than three checks";
  }
  EXPECT_GT(panels, 15U);
}

TEST(Selectors, AreFoundAmongFunctionsLabelsAndTexts) {
  const auto texts = [](std::string_view promql) {
    std::vector<std::string> found;
    for (const auto& selector : selectors_of(promql)) found.push_back(selector.text);
    return found;
  };
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts("sum by (le, shard) (rate(a_bucket{x=\"}\", y!~\"b|c\"}[5m]))"),
            (Texts{"a_bucket{x=\"}\", y!~\"b|c\"}"}));
  EXPECT_EQ(texts("a > 14.4 and on (slo) b:c:d offset 5m unless absent(up)"),
            (Texts{"a", "b:c:d", "up"}));
  EXPECT_EQ(texts("avg_over_time((a <= bool 1)[5m:15s]) or vector(1e3)"), Texts{"a"});
  EXPECT_EQ(texts("label_replace(a, \"dst\", \"$1\", \"src\", \"(.*)\")"), Texts{"a"});
}

}  // namespace
}  // namespace pim::stack
