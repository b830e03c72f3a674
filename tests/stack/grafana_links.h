// Grafana's links, rendered from its provisioning files alone. A link is a query to a data source
// over a time range: what Explore runs when one clicks it. That Grafana renders the same is its
// documentation's word and its source's; no Grafana runs here.
//
// Read for it (grafana.com/docs/grafana, 12.3 to 13.3, and github.com/grafana/grafana):
//   datasources/tempo/configure-tempo-data-source: trace to logs, to metrics, to profiles, custom
//   query variables;
//     public/app/features/explore/TraceView/createSpanLink.tsx, .../SpanDetail/SpanFlameGraph.tsx
//   datasources/loki/configure: derived fields;
//   public/app/plugins/datasource/loki/getDerivedFields.ts datasources/prometheus/configure:
//   exemplars; packages/grafana-prometheus/src/result_transformer.ts administration/correlations;
//   public/app/features/explore/utils/links.ts, .../correlations/transformations.ts
// Where the two differ, as for a span that has none of the tags, this follows the documentation: no
// link.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "grafana_provisioning.h"
#include "signals.h"

namespace pim::grafana {

using stack::Exemplar;
using stack::LogLine;

using Attributes = std::vector<std::pair<std::string, std::string>>;  // in the order of the answer
// Empty where it is not there.
std::string_view find_attribute(const Attributes& attributes, std::string_view name);

struct Span {
  std::string trace_id;  // 32 hexadecimal digits
  std::string span_id;   // 16
  std::string parent_id;
  std::string name;
  std::int64_t start_ns = 0;  // since 1970
  std::int64_t end_ns = 0;
  Attributes resource;
  Attributes attributes;
};

struct TimeRange {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  bool operator==(const TimeRange&) const = default;
};

struct QueryLink {
  std::string label;   // what one clicks
  std::string source;  // uid of the data source asked
  Json query;          // in that data source's form
  TimeRange range;
};

struct AddressLink {
  std::string label;
  std::string address;  // relative to Grafana's
};

using Link = std::variant<QueryLink, AddressLink>;

// nullopt or empty: Grafana shows no link. Of files that are not of the expected form, too.
std::optional<QueryLink> trace_to_logs(const Provisioning& files, std::string_view tempo,
                                       const Span& span);
std::vector<QueryLink> trace_to_metrics(const Provisioning& files, std::string_view tempo,
                                        const Span& span);
std::optional<QueryLink> trace_to_profile(const Provisioning& files, std::string_view tempo,
                                          const Span& span);

// Correlations of the Tempo source: over the span's own time, or a minute more before and after it
// where it has a profile.
std::vector<Link> span_links(const Provisioning& files, std::string_view tempo, const Span& span);

// Derived fields and correlations. `pane` is what the logs' pane shows: queries inherit it.
std::vector<Link> log_links(const Provisioning& files, std::string_view loki, const LogLine& line,
                            TimeRange pane);
// Exemplar destinations and correlations.
std::vector<Link> exemplar_links(const Provisioning& files, std::string_view mimir,
                                 const Exemplar& exemplar, TimeRange pane);

// The link of that label, or nullptr. Good as long as `links`.
const QueryLink* find_query(const std::vector<Link>& links, std::string_view label);
const AddressLink* find_address(const std::vector<Link>& links, std::string_view label);

// '-2s', '1h', '500ms': in ms; 0 for anything else.
std::int64_t duration_ms(std::string_view text);

// What a correlation's transformation makes of a text: variables by name.
Json transform(const Json& transformation, const std::string& text, const std::string& field);

}  // namespace pim::grafana
