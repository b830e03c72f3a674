// What a link's query answers, asked where its data source stands in the provisioning files, in the
// back end's own API.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "grafana_links.h"

namespace pim::grafana {

struct Series {
  std::map<std::string, std::string> labels;
  std::vector<std::pair<double, double>> points;  // seconds since 1970, value
};

struct Profile {
  std::int64_t total = 0;          // ns of CPU time
  std::vector<std::string> names;  // of functions
};

// Of a query that is not for that kind of source, or was not answered: an empty answer, and `error`
// says why.
class Follower {
 public:
  explicit Follower(const Provisioning& files) : files_(files) {}  // outlives this

  std::vector<LogLine> logs(const QueryLink& link);  // at most 5,000, oldest first
  // Of a trace's id, or of TraceQL: then the spans that it found, without attributes but those it
  // asked for.
  std::vector<Span> spans(const QueryLink& link);
  std::vector<Series> series(const QueryLink& link);
  std::vector<Exemplar> exemplars(const QueryLink& link);
  Profile profile(const QueryLink& link);
  // Prometheus label values of a selector, for boards.
  std::vector<std::string> label_values(std::string_view source, const std::string& selector,
                                        const std::string& label);

  const std::string& error() const { return error_; }

 private:
  // What a source of that type answers; null where it does not.
  Json ask(std::string_view source, std::string_view type, std::string_view method,
           const std::string& target, const std::string& body = {});
  std::int64_t scrape_interval_ms(std::string_view source) const;

  const Provisioning& files_;
  std::string error_;
};

}  // namespace pim::grafana
