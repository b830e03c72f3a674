// A bench's results: a table for people, or one flat JSON object.
#pragma once

#include <string>
#include <vector>

#include "measure.h"

namespace pim::bench {

// Of as many columns as its first row, which is the head, has. Aligned, for terminals.
std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

class Report {
 public:
  explicit Report(std::string bench) : bench_(std::move(bench)) {}

  // `key` is the JSON name; `meaning` stands in the table.
  void text(const std::string& key, const std::string& value, const std::string& meaning);
  void number(const std::string& key, double value, const std::string& unit,
              const std::string& meaning);
  // KEY is the median, KEY_min and KEY_max its spread.
  void spread(const std::string& key, const Spread& value, const std::string& unit,
              const std::string& meaning);
  // The same, in the JSON alone.
  void detail(const std::string& key, const Spread& value);
  // Stands above the table; not in the JSON.
  void preface(std::string text) { preface_ = std::move(text); }
  // p50, p99, p99.9 and max in milliseconds as KEY_p50_ms ...
  void latency(const std::string& key, const load::Histogram& histogram,
               const std::string& meaning);
  // Whether a stated goal was reached; part of the verdict.
  void goal(const std::string& key, bool reached, const std::string& meaning);
  void machine(const Machine& machine, const NoiseMeter& noise);

  bool goals_reached() const { return reached_; }
  std::string table() const;
  std::string json() const;

 private:
  struct Row {
    std::string key;
    std::string json;   // the value as JSON
    std::string shown;  // for people; empty: not in the table
    std::string meaning;
  };
  std::string bench_;
  std::string preface_;
  std::vector<Row> rows_;
  bool reached_ = true;
};

}  // namespace pim::bench
