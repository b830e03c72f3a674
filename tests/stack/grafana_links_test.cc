// Golden examples: the queries that Grafana's documentation shows, and ours rendered from our own
// files.
#include "grafana_links.h"

#include <gtest/gtest.h>

#include "grafana_board.h"
#include "grafana_variables.h"

namespace pim::grafana {
namespace {

constexpr auto kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::int64_t kStart = 1'500'000'000'000;  // ms

Provisioning parsed(const std::string& yaml) {
  auto files = Provisioning::parse(yaml, {});
  EXPECT_TRUE(files.ok()) << files.error();
  return files ? *files : Provisioning();
}

Provisioning ours() {
  const auto defaults =
      read_environment(std::string(PIM_OBSERVABILITY) + "/grafana/datasources.env");
  auto files =
      Provisioning::load(std::string(PIM_OBSERVABILITY) + "/grafana/provisioning/datasources",
                         defaults ? *defaults : Environment());
  EXPECT_TRUE(files.ok()) << files.error();
  return files ? *files : Provisioning();
}

Span span_with(Attributes resource, Attributes attributes) {
  return {kTrace,
          "00f067aa0ba902b7",
          "",
          "GET /v1/patients/{patient_id}",
          kStart * 1'000'000,
          (kStart + 30) * 1'000'000,
          std::move(resource),
          std::move(attributes)};
}

// A request's server span as the program sends it.
Span our_span(const std::string& shard) {
  return span_with({{"service.name", "pim"}, {"service.namespace", "pim"}},
                   {{"pim.operation", "get-chart"},
                    {"pim.shard", shard},
                    {"pyroscope.profile.id", "00f067aa0ba902b7"}});
}

LogLine our_line(const std::string& shard) {
  return {(kStart + 30) * 1'000'000 + 123,
          "request",
          {{"parent_trace_id", "no"},
           {"pim_operation", "get-chart"},
           {"pim_shard", shard},
           {"trace_id", kTrace}}};
}

// docs: configure-trace-to-metrics, "Set up custom queries"
TEST(GrafanaLinks, TraceToMetricsOfTheDocumentation) {
  const auto files = parsed(R"(
datasources:
  - {uid: prom, type: prometheus}
  - uid: tempo
    type: tempo
    jsonData:
      tracesToMetrics:
        datasourceUid: prom
        spanStartTimeShift: '-1h'
        spanEndTimeShift: '1h'
        tags: [{key: k8s.pod, value: pod}, {key: cluster}, {key: absent}]
        queries:
          - {name: Sample query, query: 'requests_total{$$__tags}'}
          - {name: A tag, query: 'm{method="$${__span.tags.method}", r="$${__span.tags["http.route"]}"}'}
          - {name: None, query: 'm{a="$${__span.tags.absent}"}'}
)");
  const auto links =
      trace_to_metrics(files, "tempo",
                       span_with({{"k8s.pod", "nginx-554b9"}, {"cluster", "us-east-1"}},
                                 {{"method", "GET"}, {"http.route", "/a"}}));
  ASSERT_EQ(links.size(), 2U) << "not the one whose variable the span does not have";
  EXPECT_EQ(links[0].query["expr"], R"(requests_total{pod="nginx-554b9", cluster="us-east-1"})");
  EXPECT_EQ(links[0].source, "prom");
  EXPECT_EQ(links[0].range, (TimeRange{kStart - 3'600'000, kStart + 30 + 3'600'000}));
  EXPECT_EQ(links[1].query["expr"], R"(m{method="GET", r="/a"})");
  EXPECT_TRUE(trace_to_metrics(files, "tempo", span_with({}, {{"method", "GET"}})).empty())
      << "no tag on the span: no link";
}

// docs: configure-trace-to-logs
TEST(GrafanaLinks, TraceToLogsOfTheDocumentation) {
  const auto files = parsed(R"(
datasources:
  - {uid: loki, type: loki}
  - uid: tempo
    type: tempo
    jsonData:
      tracesToLogsV2:
        datasourceUid: loki
        spanStartTimeShift: '-2s'
        spanEndTimeShift: '2s'
        tags: [{key: service.name, value: service_name}, {key: namespace}, {key: pod}]
        customQuery: true
        query: '{$${__tags}} | logfmt | trace_id=`$${__trace.traceId}`'
)");
  const auto span = span_with({{"service.name", "nginx"}, {"namespace", "production"}}, {});
  const auto link = trace_to_logs(files, "tempo", span);
  ASSERT_TRUE(link);
  EXPECT_EQ(link->query["expr"], std::string(R"({service_name="nginx", namespace="production"})") +
                                     " | logfmt | trace_id=`" + kTrace + "`");
  EXPECT_EQ(link->range, (TimeRange{kStart - 2000, kStart + 30 + 2000}));
  const auto plain = files.with("tempo", "/jsonData/tracesToLogsV2/customQuery", false)
                         .with("tempo", "/jsonData/tracesToLogsV2/spanStartTimeShift", nullptr);
  EXPECT_EQ(trace_to_logs(plain, "tempo", span)->query["expr"],
            R"({service_name="nginx", namespace="production"})");
  EXPECT_EQ(trace_to_logs(plain, "tempo", span)->range.from_ms, kStart);
  EXPECT_FALSE(trace_to_logs(files, "tempo", span_with({{"cluster", "a"}}, {})))
      << "no tag on the span: no link";
  EXPECT_FALSE(trace_to_logs(files, "elsewhere", span));
}

// docs: configure-trace-to-profiles: 60 s before and after, and only with `pyroscope.profile.id`
TEST(GrafanaLinks, TraceToProfilesOfTheDocumentation) {
  const auto files = parsed(R"(
datasources:
  - {uid: profiles, type: grafana-pyroscope-datasource}
  - uid: tempo
    type: tempo
    jsonData:
      tracesToProfiles:
        datasourceUid: profiles
        tags: [{key: job}]
        profileTypeId: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds'
        customQuery: true
        query: 'method="$${__span.tags.method}"'
)");
  const Attributes attributes{{"method", "GET"}, {"pyroscope.profile.id", "00f067aa0ba902b7"}};
  const auto link = trace_to_profile(files, "tempo", span_with({{"job", "a"}}, attributes));
  ASSERT_TRUE(link);
  EXPECT_EQ(link->query["labelSelector"], R"(method="GET")");
  EXPECT_EQ(link->query["spanSelector"], Json::array({"00f067aa0ba902b7"}));
  EXPECT_EQ(link->range, (TimeRange{kStart - 60'000, kStart + 30 + 60'000}));
  EXPECT_FALSE(trace_to_profile(files, "tempo", span_with({{"job", "a"}}, {{"method", "GET"}})));
  EXPECT_FALSE(trace_to_profile(files, "tempo", span_with({}, attributes)));
}

// docs: configure-trace-to-logs, "Configure the Loki data source"
TEST(GrafanaLinks, DerivedFieldsOfTheDocumentation) {
  const auto files = parsed(R"x(
datasources:
  - {uid: tempo, type: tempo, name: Tempo}
  - uid: loki
    type: loki
    jsonData:
      derivedFields:
        - {name: a, matcherRegex: 'traceID=(\w+)', url: '$${__value.raw}', datasourceUid: tempo, urlDisplayLabel: A}
        - {name: b, matcherRegex: '"traceId":"(\w+)"', url: '$${__value.raw}', datasourceUid: tempo, urlDisplayLabel: B}
        - {name: c, matcherType: label, matcherRegex: 'trace[_]?id', url: '$${__value.raw}', datasourceUid: tempo}
        - {name: d, matcherRegex: '(', url: '$${__value.raw}', datasourceUid: tempo, urlDisplayLabel: D}
)x");
  const auto id_of = [&](const LogLine& line, const char* label) {
    const auto links = log_links(files, "loki", line, {});
    const auto* link = find_query(links, label);
    return link == nullptr ? "no link" : link->query.value("query", "");
  };
  EXPECT_EQ(id_of({0, "m traceID=abc12 x", {}}, "A"), "abc12");
  EXPECT_EQ(id_of({0, R"x({"traceId":"abc12"})x", {}}, "B"), "abc12");
  EXPECT_EQ(id_of({0, "m", {{"traceid", "abc12"}}}, "Tempo"), "abc12");
  EXPECT_EQ(id_of({0, "m", {{"trace_id", "abc12"}}}, "Tempo"), "abc12");
  EXPECT_EQ(id_of({0, "m traceID=abc12", {}}, "Tempo"), "no link");
  EXPECT_EQ(id_of({0, "m (", {}}, "D"), "no link") << "a bad expression";
}

// docs: administration/correlations/correlation-configuration
TEST(GrafanaLinks, TransformationsOfTheDocumentation) {
  const auto regex = [](const char* expression, const char* map_value = "") {
    return transform({{"type", "regex"}, {"expression", expression}, {"mapValue", map_value}},
                     "John Doe", "employee");
  };
  EXPECT_EQ(regex(R"(\w+ (\w+))"), (Json{{"employee", "Doe"}}));
  EXPECT_EQ(regex(R"((\w+) (\w+))", "name"), (Json{{"name", "John"}}));
  const Json both{{"firstName", "John"}, {"lastName", "Doe"}};
  EXPECT_EQ(regex(R"((?<firstName>\w+) (?<lastName>\w+))"), both);
  EXPECT_EQ(regex(R"((?<firstName>\w+) (?<lastName>\w+))", "name"), both);
  EXPECT_EQ(regex("("), Json::object());
  EXPECT_EQ(transform({{"type", "logfmt"}}, "host=srv001 endpoint=/test app=foo msg=\"a b\"", ""),
            (Json{{"host", "srv001"}, {"endpoint", "/test"}, {"app", "foo"}, {"msg", "a b"}}));
}

// docs: administration/correlations/use-variables-and-transformations
TEST(GrafanaLinks, CorrelationsOfTheDocumentation) {
  const auto files = parsed(R"(
datasources:
  - {uid: test-target, type: testdata}
  - uid: test-source
    type: loki
    correlations:
      - targetUID: test-target
        label: App metrics
        config:
          type: query
          target: {scenario_id: random_walk, alias: '$${application}'}
          field: Line
          transformations:
            - {type: regex, field: Line, expression: 'service=(\w+)\.\w+', mapValue: application}
      - targetUID: test-target
        label: Service metrics
        config:
          type: query
          target: {scenario_id: random_walk, alias: '$${service}'}
          field: Line
          transformations: [{type: logfmt, field: Line}]
)");
  const LogLine line{0, "2020-01-01 10:00 level=error message=error service=app1.loginService", {}};
  const auto links = log_links(files, "test-source", line, {1, 2});
  ASSERT_EQ(links.size(), 2U);
  EXPECT_EQ(find_query(links, "App metrics")->query,
            (Json{{"scenario_id", "random_walk"}, {"alias", "app1"}}));
  EXPECT_EQ(find_query(links, "App metrics")->range, (TimeRange{1, 2})) << "as the source's pane";
  EXPECT_EQ(find_query(links, "Service metrics")->query["alias"], "app1.loginService");
  EXPECT_TRUE(log_links(files, "test-source", {0, "nothing", {}}, {}).empty())
      << "a variable that the line does not have: no link";
}

// docs: dashboards/build-dashboards/create-dashboard-url-variables
TEST(GrafanaBoard, AddressesOfTheDocumentation) {
  const auto board = parse_board_address(
      "/d/aBc/a-title?var-server=a&var-server=b%20c&time=1500000000000&time.window=10000");
  ASSERT_TRUE(board);
  EXPECT_EQ(board->uid, "aBc");
  EXPECT_EQ(board->variables.at("server"), (std::vector<std::string>{"a", "b c"}));
  EXPECT_EQ(board->range, (TimeRange{1'499'999'995'000, 1'500'000'005'000}));
  EXPECT_EQ(parse_board_address("/d/a?from=1&to=2")->range, (TimeRange{1, 2}));
  EXPECT_EQ(parse_board_address("/d/a")->range, (TimeRange{0, 0}));
  EXPECT_FALSE(parse_board_address("https://example.com/"));
}

TEST(GrafanaBoard, QueriesHaveTheAddressesVariables) {
  const auto expr = R"x(rate(m{i=~"$instance", s=~"${shard}", r=~"$region"}[$__rate_interval]))x";
  const auto variables = Json::parse(R"x([
      {"name": "region", "allValue": ".*", "definition": "label_values(b, region)"},
      {"name": "instance", "definition": "label_values(b{region=~\"$region\"}, instance)"},
      {"name": "shard", "allValue": ".*", "definition": "-"}])x");
  const Json mimir = {{"type", "prometheus"}, {"uid", "mimir"}};
  const Json board = {
      {"templating", {{"list", variables}}},
      {"panels",
       {{{"type", "row"}},
        {{"title", "p"}, {"datasource", {{"type", "loki"}}}, {"targets", {{{"expr", "x"}}}}},
        {{"title", "q"}, {"datasource", mimir}, {"targets", {{{"expr", expr}}}}}}}};
  std::string asked;
  const auto queries =
      board_queries(board, *parse_board_address("/d/a?var-shard=3&time=1000000&time.window=240000"),
                    15'000, [&](const std::string& selector, const std::string& label) {
                      asked = selector + " " + label;
                      return std::vector<std::string>{"a:1", "b.c"};
                    });
  EXPECT_EQ(asked, R"x(b{region=~".*"} instance)x");
  ASSERT_EQ(queries.size(), 1U);
  EXPECT_EQ(queries[0].query["expr"], R"x(rate(m{i=~"(a:1|b\\.c)", s=~"3", r=~".*"}[60000ms]))x");
  EXPECT_EQ(queries[0].range, (TimeRange{880'000, 1'120'000}));
}

TEST(GrafanaLinks, DurationsOfTheDocumentation) {
  EXPECT_EQ(duration_ms("-2s"), -2000);
  EXPECT_EQ(duration_ms("1h"), 3'600'000);
  EXPECT_EQ(duration_ms("-2m"), -120'000);
  EXPECT_EQ(duration_ms("500ms"), 500);
  EXPECT_EQ(duration_ms("soon"), 0);
  EXPECT_EQ(duration_ms(""), 0);
}

TEST(GrafanaLinks, VariablesStayWhereNothingIsKnown) {
  std::vector<std::string> missing;
  EXPECT_EQ(interpolate("$a ${b.c} ${b[\"d.e\"]:raw} $ $$a ${a",
                        {{"a", "1"}, {"b", {{"d.e", "2"}}}}, missing),
            "1 ${b.c} 2 $ $1 ${a");
  EXPECT_EQ(missing, std::vector<std::string>{"${b.c}"});
}

TEST(GrafanaLinks, OursOfASpan) {
  const auto files = ours();
  const auto logs = trace_to_logs(files, "tempo", our_span("3"));
  ASSERT_TRUE(logs);
  EXPECT_EQ(logs->query["expr"], std::string(R"({service_name="pim", service_namespace="pim"})") +
                                     R"( | trace_id=")" + kTrace + "\"");
  EXPECT_EQ(logs->range, (TimeRange{kStart - 120'000, kStart + 30 + 120'000}));
  const auto metrics = trace_to_metrics(files, "tempo", our_span("3"));
  ASSERT_EQ(metrics.size(), 3U);
  EXPECT_EQ(metrics[0].query["expr"],
            R"(sum(rate(pim_http_request_duration_seconds_count{operation="get-chart", shard="3"})"
            R"([$__rate_interval])))");
  EXPECT_NE(metrics[0].query, trace_to_metrics(files, "tempo", our_span("4"))[0].query)
      << "two shards, two queries";
  const auto profile = trace_to_profile(files, "tempo", our_span("3"));
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->query["labelSelector"], R"({service_name="pim"})");
  const auto links = span_links(files, "tempo", our_span("3"));
  const auto* window = find_query(links, "Profile of the process around this span");
  ASSERT_NE(window, nullptr);
  EXPECT_EQ(window->query["labelSelector"], R"({service_name="pim"})");
  EXPECT_EQ(window->query["spanSelector"], Json::array());
  EXPECT_EQ(window->range, (TimeRange{kStart - 60'000, kStart + 30 + 60'000}));
}

TEST(GrafanaLinks, OursOfALine) {
  const auto files = ours();
  const auto links = log_links(files, "loki", our_line("3"), {1, 2});
  EXPECT_EQ(find_query(links, "Trace")->query, (Json{{"query", kTrace}, {"queryType", "traceql"}}))
      << "of the label trace_id, not of one that only contains its name";
  const auto expr = find_query(links, "Latency of this operation on this shard")
                        ->query["expr"]
                        .get<std::string>();
  EXPECT_NE(expr.find(R"({operation="get-chart", shard="3"})"), expr.npos) << expr;
  const auto board =
      parse_board_address(find_address(links, "Two minutes around this line")->address);
  ASSERT_TRUE(board);
  EXPECT_EQ(board->variables.at("operation"), std::vector<std::string>{"get-chart"});
  EXPECT_EQ(board->variables.at("shard"), std::vector<std::string>{"3"});
  EXPECT_EQ(board->range, (TimeRange{kStart + 30 - 120'000, kStart + 30 + 120'000}));
}

TEST(GrafanaLinks, OursOfAnExemplar) {
  const Exemplar exemplar{
      {{"operation", "get-chart"}}, {{"span_id", "00f067aa0ba902b7"}, {"trace_id", kTrace}}, 0.5};
  const auto links = exemplar_links(ours(), "mimir", exemplar, {1, 2});
  EXPECT_EQ(find_query(links, "Trace")->query,
            (Json{{"query", kTrace}, {"queryType", "traceql"}, {"spanId", "00f067aa0ba902b7"}}));
  EXPECT_EQ(find_query(links, "Logs of this request")->query["expr"],
            std::string(R"({service_name="pim"} | trace_id=")") + kTrace + "\"");
  const Exemplar of_tempo{{}, {{"traceID", kTrace}}, 0.5};
  const auto by_tempo = exemplar_links(ours(), "mimir", of_tempo, {1, 2});
  EXPECT_NE(find_query(by_tempo, "Trace"), nullptr);
}

}  // namespace
}  // namespace pim::grafana
