// The distributions of a set of files, beside the reference.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/csv.h"
#include "data/profile/reference.h"
#include "domain/result.h"

namespace pim::data::profile {

// One figure of the reference beside the measured one.
struct Comparison {
  std::string name;       // "encounters a patient"
  std::string statistic;  // "p50", "share"
  double reference = 0;
  double measured = 0;
  double distance_percent = 0;  // of the reference; where that is 0, 0 or infinite
  bool held = false;            // to kTolerancePercent
  bool too_few = false;         // to be held: too few rows to judge
  std::string exception;        // why it is not held, where one would expect it

  bool within() const {
    return distance_percent <= kTolerancePercent && distance_percent >= -kTolerancePercent;
  }
};

// A measure's quantiles, for a plot.
struct Curve {
  std::string name;
  std::vector<std::pair<double, double>> measured;   // p, value
  std::vector<std::pair<double, double>> reference;  // likewise, where known
};

// Encounters by month, by weekday, by hour.
struct Bars {
  std::string name;
  std::vector<std::string> labels;
  std::vector<double> percent;
};

enum class Verdict {
  realistic,  // all that is to be held is within the tolerance
  off,        // something is not
  too_few,    // nothing is off, but not all could be judged
};
std::string_view to_string(Verdict verdict);

struct Profile {
  std::vector<std::pair<std::string, std::uint64_t>> rows;  // by table, in their order
  std::uint64_t unread_rows = 0;                            // broken ones, passed over
  std::vector<Comparison> comparisons;
  std::vector<Curve> curves;
  std::vector<Bars> bars;

  Verdict verdict() const;
};

struct ProfileError {
  bool unreadable = false;  // a file; else what is in it
  std::string message;
};

using ProfileProgress = std::function<void(const std::string& file, std::uint64_t rows)>;

// Each file is one of the eight tables, named after it (`encounters.csv`); encounters must be among
// them. What is missing is left out of the comparison. Memory: about 32 bytes an encounter.
Result<Profile, ProfileError> profile_files(const std::vector<std::string>& files,
                                            const ProfileProgress& progress = {});

std::string to_json(const Profile& profile);
// How many figures are within the tolerance, off, and not judged.
std::string to_sentence(const Profile& profile);
// A table, that sentence, and bars of text.
std::string to_text(const Profile& profile);

}  // namespace pim::data::profile
