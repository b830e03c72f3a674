// Every query of every board, annotation, link, rule and runbook, asked of the real back ends while
// a real server is at work: each has to answer, or to be one of those that do so only under fault.
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "boards.h"
#include "only_under_fault.h"
#include "promql.h"
#include "stack.h"
#include "traffic.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

using Values =
    std::map<std::string, std::string>;  // of Grafana's variables, as they are put into a query

// With `$name` and `${name}` replaced. The longest name wins: $shard is not $shard_skew.
std::string filled_in(std::string text, const Values& values) {
  for (auto each = values.rbegin(); each != values.rend(); ++each) {
    for (const auto& written : {"${" + each->first + "}", "$" + each->first}) {
      for (auto at = text.find(written); at != text.npos; at = text.find(written, at)) {
        text.replace(at, written.size(), each->second);
        at += each->second.size();
      }
    }
  }
  return text;
}

// As Grafana writes a chosen value into a regular expression in PromQL.
std::string for_regex(const std::string& value) {
  std::string result;
  for (const char c : value) {
    if (c == '.') result += "\\\\";
    result += c;
  }
  return result;
}

class BoardsOnTheStack : public StackTest {
 protected:
  // A query with everything filled in.
  struct Question {
    std::string where;
    Language language;
    std::string text;
    bool instant = true;
    std::vector<std::string> or_else{};  // if not empty, instead of `text`: any of them
  };

  // The series that have a number, with their labels.
  std::vector<Values> series(const Question& question) {
    const auto now = std::chrono::system_clock::now();
    auto target = "/prometheus/api/v1/query?query=" + escaped(question.text);
    if (!question.instant) {
      target = "/prometheus/api/v1/query_range?step=15&query=" + escaped(question.text) +
               "&start=" + unix_seconds(now - 5min) + "&end=" + unix_seconds(now);
    }
    std::vector<Values> found;
    const auto answer = stack().get_json("mimir", target);
    if (!answer.is_object()) return found;
    for (const auto& one : answer["data"]["result"]) {
      if (!one.is_object()) continue;  // a scalar
      const auto values = one.contains("values") ? one["values"] : Json::array({one["value"]});
      const bool has_number = std::ranges::any_of(values, [](const Json& value) {
        return !std::isnan(std::stod(value[1].get<std::string>()));
      });
      if (has_number) found.push_back(one["metric"].get<Values>());
    }
    return found;
  }

  // Whether the back end takes it for a query, whatever it finds.
  bool is_understood(const Question& question) {
    const auto text = escaped(question.text);
    switch (question.language) {
      case Language::promql:
        return stack().get("mimir", "/prometheus/api/v1/query?query=" + text).status == 200;
      case Language::logql:
        return stack().get("loki", "/loki/api/v1/query_range?query=" + text).status == 200;
      case Language::traceql:
        return stack().get("tempo", "/api/search?q=" + text).status == 200;
    }
    return false;
  }

  bool answers(const Question& question) {
    if (!question.or_else.empty()) {
      return std::ranges::any_of(question.or_else, [&](const std::string& text) {
        return answers({question.where, question.language, text, question.instant});
      });
    }
    const auto now = std::chrono::system_clock::now();
    switch (question.language) {
      case Language::promql:
        return !series(question).empty();
      case Language::logql:
        return !stack().logs(question.text, now - 6h, now).empty();
      case Language::traceql: {
        const auto found = stack().get_json(
            "tempo", "/api/search?limit=5&q=" + escaped(question.text) +
                         "&start=" + unix_seconds(now - 10min) + "&end=" + unix_seconds(now + 5s));
        return found.is_object() && !found.value("traces", Json::array()).empty();
      }
    }
    return false;
  }

  // Those that have not answered once within the limit.
  std::vector<Question> silent(std::vector<Question> questions, std::chrono::seconds limit) {
    std::map<std::string, bool> known;  // several boards ask the same
    eventually(
        [&] {
          std::erase_if(questions, [&](const Question& question) {
            auto& answered = known[question.text + (question.instant ? "!" : "")];
            return answered = answered || answers(question);
          });
          return questions.empty();
        },
        limit);
    return questions;
  }

  // What "All" of each variable stands for, from the variables' own queries.
  Values all_of(const Board& board) {
    Values values{{"__rate_interval", "1m"}, {"__range", "15m"}};
    for (const auto& variable : board.variables) {
      const auto selector = variable.metric + "{" + filled_in(variable.selector, values) + "}";
      const auto found = eventually([&] {
        const auto answer = stack().get_json("mimir", "/prometheus/api/v1/label/" + variable.name +
                                                          "/values?match[]=" + escaped(selector));
        const auto values_there = answer.is_object() ? answer["data"] : Json::array();
        return values_there.empty() ? std::nullopt : std::optional(values_there);
      });
      EXPECT_TRUE(found) << board.uid << ": $" << variable.name << " has no value";
      std::string any;
      for (const auto& value : found.value_or(Json::array()))
        any += (any.empty() ? "" : "|") + for_regex(value.get<std::string>());
      values[variable.name] = variable.all_value.empty() ? "(" + any + ")" : variable.all_value;
    }
    return values;
  }

  // A link of a series stands for as many queries as there are series: one has to answer.
  Question of_series(const Query& lead, const Panel& panel, const Values& values) {
    const auto& shown = panel.queries.front();
    const auto found = eventually([&] {
      auto all =
          series({shown.where, shown.language, filled_in(shown.text, values), shown.instant});
      return all.empty() ? std::nullopt : std::optional(std::move(all));
    });
    Question question{lead.where, lead.language, lead.text};
    for (const auto& labels : found.value_or(std::vector<Values>())) {
      auto more = values;
      for (const auto& [name, value] : labels) more["__field.labels." + name] = value;
      question.or_else.push_back(filled_in(lead.text, more));
    }
    return question;
  }

  std::vector<Question> questions_of(const Board& board) {
    const auto values = all_of(board);
    std::vector<Question> questions;
    const auto ask = [&](const Query& query) {
      questions.push_back(
          {query.where, query.language, filled_in(query.text, values), query.instant});
    };
    for (const auto& annotation : board.annotations) ask(annotation);
    for (const auto& panel : board.panels) {
      for (const auto& query : panel.queries) ask(query);
      for (const auto& lead : panel.leads) {
        if (lead.text.find("${__field.") == lead.text.npos) {
          ask(lead);
        } else {
          questions.push_back(of_series(lead, panel, values));
        }
      }
    }
    return questions;
  }

  // Of a recorded series that it is there, of an alert that what it looks at is.
  std::vector<Question> questions_of(const Rule& rule) {
    if (!rule.alert) {
      std::string labels;
      for (const auto& [name, value] : rule.labels) labels += name + "=\"" + value + "\",";
      return {{rule.name, Language::promql, rule.name + "{" + labels + "}"}};
    }
    std::vector<Question> questions;
    for (const auto& selector : selectors_of(rule.expression)) {
      questions.push_back({rule.name + " / " + selector.text, Language::promql, selector.text});
    }
    return questions;
  }

  static std::string unix_seconds(WallTime time) {
    return std::to_string(std::chrono::system_clock::to_time_t(time));
  }
};

const UnderFault* excuse_of(const std::string& where) {
  const auto found = std::ranges::find(kOnlyUnderFault, where, &UnderFault::where);
  return found == kOnlyUnderFault.end() ? nullptr : &*found;
}

bool is_of_a_cluster(const std::string& where) {
  const auto begins = [&](std::string_view each) { return where.starts_with(each); };
  return std::ranges::any_of(kOfACluster, begins) && std::ranges::none_of(kWithoutCluster, begins);
}

TEST_F(BoardsOnTheStack, EveryQueryAnswersOrIsKnownToAnswerOnlyUnderFault) {
  serve();
  stop_server();
  const auto verified =
      pim({"audit", "verify", "--data", data(), "--otlp-endpoint", stack().url("otlp")});
  EXPECT_EQ(verified.exit, 0) << verified.err;
  serve_observed({"--pyroscope-endpoint", stack().url("pyroscope")});
  ASSERT_FALSE(HasFatalFailure());
  Traffic traffic(server().port(), token("loadgen"), token("auditor"));
  // Series of servers before this one are remembered: variables are asked for when it is among
  // them.
  const auto self = "127.0.0.1:" + std::to_string(server().admin_port());
  ASSERT_TRUE(eventually([&] {
    return !stack().metrics("pim_shard_requests_total{instance=\"" + self + "\"}").empty();
  }));
  // The server tells of its start, the watchdog of alerts; faults are told by who makes them.
  const auto fault =
      pim({"event", "pim.fault", "--otlp-endpoint", stack().url("otlp"), "--field", "kind=none"});
  EXPECT_EQ(fault.exit, 0) << fault.err;

  std::vector<Question> questions;
  for (const auto& board : read_boards(PIM_SOURCE_DIR "/observability/grafana/dashboards")) {
    std::ranges::move(questions_of(board), std::back_inserter(questions));
  }
  const auto rules = read_rules(PIM_SOURCE_DIR "/observability/mimir/rules");
  for (const auto& rule : rules)
    std::ranges::move(questions_of(rule), std::back_inserter(questions));
  for (const auto& query : read_runbooks(PIM_SOURCE_DIR "/docs/runbooks")) {
    questions.push_back({query.where, query.language, query.text});
  }
  std::set<std::string_view> asked;
  for (const auto& question : questions) asked.insert(question.where);
  for (const auto& each : kOnlyUnderFault) {
    EXPECT_TRUE(asked.contains(each.where)) << "nothing asks for " << each.where;
  }

  for (const auto& each : questions) {
    if (!is_of_a_cluster(each.where)) continue;
    EXPECT_TRUE(is_understood(each)) << each.where << ": " << each.text;
    EXPECT_FALSE(answers(each)) << each.where << " answers although there is no cluster";
  }
  std::erase_if(questions, [](const Question& each) { return is_of_a_cluster(each.where); });
  std::vector<Question> excused;
  std::erase_if(questions, [&](const Question& question) {
    if (excuse_of(question.where) == nullptr) return false;
    excused.push_back(question);
    return true;
  });
  const auto count = questions.size();
  for (const auto& question : silent(questions, 120s)) {
    ADD_FAILURE() << question.where << " answers nothing: " << question.text;
  }
  for (const auto& question : excused) {
    EXPECT_TRUE(is_understood(question)) << question.where << ": " << question.text;
    if (!excuse_of(question.where)->caused_elsewhere) {
      EXPECT_FALSE(answers(question)) << question.where << " answers although nothing is wrong";
    }
  }

  // What is broken is found, in each language.
  const std::vector<Question> broken = {
      {"a metric", Language::promql, "sum(rate(pim_shard_request_total[1m]))"},
      {"a label", Language::promql, "pim_ready{job=\"pim\"}"},
      {"no number", Language::promql, "0 * pim_ready / 0"},
      {"an event", Language::logql, "{service_namespace=\"pim\"} | event_name=\"pim.deployed\""},
      {"an attribute", Language::traceql, "{span.pim.operations=\"get-chart\"}"},
      {"no query", Language::promql, "sum(rate("},
  };
  EXPECT_EQ(silent(broken, 0s).size(), broken.size());
  EXPECT_TRUE(is_understood(broken.front()));
  EXPECT_FALSE(is_understood(broken.back()));

  const auto totals = traffic.stop();
  EXPECT_EQ(totals.refused, "");
  EXPECT_GT(totals.answered, 100U);
  std::printf("    boards: %zu queries answered, %zu only under fault\n", count, excused.size());
}

TEST_F(BoardsOnTheStack, TheRulerTakesEveryRule) {
  std::set<std::string> healthy;
  const auto loaded = eventually([&] {
    healthy.clear();
    const auto answer = stack().get_json("mimir", "/prometheus/api/v1/rules");
    if (!answer.is_object()) return false;
    for (const auto& group : answer["data"]["groups"]) {
      for (const auto& rule : group["rules"]) {
        if (rule["health"] == "ok") healthy.insert(rule["name"].get<std::string>());
      }
    }
    return std::ranges::all_of(read_rules(PIM_SOURCE_DIR "/observability/mimir/rules"),
                               [&](const Rule& rule) { return healthy.contains(rule.name); });
  });
  EXPECT_TRUE(loaded) << "some rule is not loaded or fails; these are well: "
                      << Json(healthy).dump();
}

}  // namespace
}  // namespace pim::stack
