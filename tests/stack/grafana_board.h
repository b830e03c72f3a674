// What a board (a dashboard) asks when a link leads to it: its panels' queries with the address's
// variables and time.
//
// Read for it: grafana.com/docs/grafana, dashboards/build-dashboards/create-dashboard-url-variables
// (`var-NAME`, `time` and `time.window`, `from` and `to`), dashboards/variables (All, custom all
// value), datasources/prometheus/template-variables
// (`$__rate_interval`, escaping of values).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "grafana_links.h"

namespace pim::grafana {

struct BoardAddress {
  std::string uid;
  std::map<std::string, std::vector<std::string>> variables;
  TimeRange range;  // all 0 where the address says none
};

// nullopt: leads to no board.
std::optional<BoardAddress> parse_board_address(std::string_view address);

// The values that `label_values(SELECTOR, LABEL)` has now.
using LabelValues =
    std::function<std::vector<std::string>(const std::string& selector, const std::string& label)>;

// The Prometheus queries of all panels, labelled with their panels' titles. A variable that the
// address does not have is All.
std::vector<QueryLink> board_queries(const Json& board, const BoardAddress& address,
                                     std::int64_t scrape_interval_ms, const LabelValues& values);

// `$__rate_interval` and `$__interval` as the data source fills them in.
std::string fill_intervals(const std::string& expr, TimeRange range,
                           std::int64_t scrape_interval_ms);

// The directory's board of that uid; null where none has it.
Json find_board(const std::string& directory, const std::string& uid);

}  // namespace pim::grafana
