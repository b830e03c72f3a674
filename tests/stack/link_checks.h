// One check a link: renders it from provisioning files, follows it in the back ends, and says what
// is wrong with what came. The same checks are given broken files, and must say so.
#pragma once

#include <string>
#include <vector>

#include "follow.h"
#include "grafana_board.h"

namespace pim::grafana {

// What one check saw. `wrong` empty: the link holds.
struct Finding {
  std::string wrong;
  Json seen = Json::object();  // the rendered query, its range, what was counted: evidence
};

class LinkChecks {
 public:
  // The files outlive this. `boards`: the directory of the boards' JSON.
  LinkChecks(const Provisioning& files, std::string boards)
      : files_(files), follower_(files), boards_(std::move(boards)) {}

  Finding exemplar_to_trace(const Exemplar& exemplar);
  Finding exemplar_to_logs(const Exemplar& exemplar);
  // Only lines of the span's trace, at least one.
  Finding trace_to_logs(const Span& span);
  // Every query has an answer; those of the latency have the trace among their exemplars.
  Finding trace_to_metrics(const Span& span);
  Finding log_to_trace(const LogLine& line);
  // Beside the logs, over what they show.
  Finding log_to_metrics(const LogLine& line, TimeRange pane);
  // The board: the line's shard and operation in each query of latency, two minutes around the
  // line, and the line's trace among the exemplars.
  Finding log_to_board(const LogLine& line);
  Finding trace_to_profile(const Span& span);
  Finding trace_to_process_profile(const Span& span);
  // From the profile's span id, by TraceQL: no link of Grafana's.
  Finding profile_to_trace(const Span& span);

  // Of the last trace_to_logs() and exemplar_to_trace().
  const std::vector<LogLine>& lines() const { return lines_; }
  const std::vector<Span>& spans() const { return spans_; }
  Follower& follower() { return follower_; }

 private:
  Finding profiled(const QueryLink& link);
  Finding check_logs(const QueryLink* link, const std::string& trace);
  bool has_exemplar(const QueryLink& link, std::string_view trace);

  const Provisioning& files_;
  Follower follower_;
  std::string boards_;
  std::vector<LogLine> lines_;
  std::vector<Span> spans_;
};

}  // namespace pim::grafana
