#include "data/profile/profile.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "data/date_format.h"
#include "data/profile/tally.h"
#include "data/row_source.h"
#include "data/tables.h"
#include "domain/enums.h"

namespace pim::data::profile {
namespace {

constexpr std::string_view kTimeFormat = "YYYY-MM-DDTHH:mm:ssZ";
constexpr double kNotKnown = -1;

// What is read of each table.
constexpr std::uint64_t kProgressRows = 65'536;

using Problem = std::optional<ProfileError>;
using Cells = std::vector<std::string_view>;

std::optional<std::string> table_of(const std::string& path) {
  auto stem = std::filesystem::path(path).stem().string();
  if (find_table(stem) == nullptr) return std::nullopt;
  return stem;
}

// Nearest rank of sorted values.
double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

struct Measured {
  std::uint64_t count = 0;
  double mean = 0;
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
  double max = 0;
  std::vector<std::pair<double, double>> curve;
};

constexpr int kCurvePoints = 100;

Measured measure(std::vector<double> values) {
  std::ranges::sort(values);
  Measured result;
  result.count = values.size();
  double sum = 0;
  for (const double value : values) sum += value;
  result.mean = values.empty() ? 0 : sum / static_cast<double>(values.size());
  result.p50 = quantile(values, 0.5);
  result.p90 = quantile(values, 0.9);
  result.p99 = quantile(values, 0.99);
  result.max = values.empty() ? 0 : values.back();
  for (int i = 1; i < kCurvePoints; ++i) {
    const double p = static_cast<double>(i) / kCurvePoints;
    result.curve.emplace_back(p, quantile(values, p));
  }
  return result;
}

// Small whole numbers, of which there may be many.
Measured measure_counts(const std::map<std::uint64_t, std::uint64_t>& times) {
  std::uint64_t all = 0;
  double sum = 0;
  for (const auto& [value, count] : times) {
    all += count;
    sum += static_cast<double>(value) * static_cast<double>(count);
  }
  const auto at = [&](double p) {
    const auto rank = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(all)));
    std::uint64_t seen = 0;
    for (const auto& [value, count] : times) {
      seen += count;
      if (seen >= rank) return static_cast<double>(value);
    }
    return 0.0;
  };
  Measured result;
  result.count = all;
  if (all == 0) return result;
  result.mean = sum / static_cast<double>(all);
  result.p50 = at(0.5);
  result.p90 = at(0.9);
  result.p99 = at(0.99);
  result.max = static_cast<double>(times.rbegin()->first);
  for (int i = 1; i < kCurvePoints; ++i) {
    const double p = static_cast<double>(i) / kCurvePoints;
    result.curve.emplace_back(p, at(p));
  }
  return result;
}

std::map<std::uint64_t, std::uint64_t> times_of(Tally& tally, std::uint64_t parents) {
  std::map<std::uint64_t, std::uint64_t> times;
  tally.for_each([&](std::uint64_t count) { ++times[count]; });
  if (parents > tally.size()) times[0] += parents - tally.size();
  return times;
}

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// How often each code comes.
class CodeCount {
 public:
  void add(std::string_view code) {
    const auto found = times_.find(code);
    if (found != times_.end()) {
      ++found->second;
    } else {
      times_.emplace(code, 1);
    }
    ++all_;
  }
  double top_ten_percent() const {
    std::vector<std::uint64_t> counts;
    counts.reserve(times_.size());
    for (const auto& entry : times_) counts.push_back(entry.second);
    std::ranges::sort(counts, std::greater<>());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(10, counts.size()); ++i) sum += counts[i];
    return all_ == 0 ? 0 : 100.0 * static_cast<double>(sum) / static_cast<double>(all_);
  }

 private:
  std::unordered_map<std::string, std::uint64_t, StringHash, std::equal_to<>> times_;
  std::uint64_t all_ = 0;
};

class Profiler {
 public:
  explicit Profiler(const ProfileProgress& progress) : progress_(progress) {}

  Result<Profile, ProfileError> run(const std::vector<std::string>& files) {
    std::map<std::string, std::string> by_table;
    for (const auto& file : files) {
      const auto table = table_of(file);
      if (!table) {
        return usage(file + " is named after none of the eight tables, such as encounters.csv");
      }
      if (!by_table.emplace(*table, file).second) return usage("two files hold " + *table);
    }
    if (!by_table.contains("encounters")) {
      return usage("encounters must be among the files: all else is counted by them");
    }
    // in the order of the tables: encounters are counted before what is counted by them
    for (const auto& table : all_tables()) {
      const auto found = by_table.find(std::string(table.name));
      if (found == by_table.end()) continue;
      if (auto problem = read(table, found->second)) return Err{std::move(*problem)};
    }
    finish();
    return std::move(profile_);
  }

 private:
  static Err<ProfileError> usage(std::string message) {
    return Err{ProfileError{false, std::move(message)}};
  }

  Problem read(const Table& table, const std::string& path) {
    const std::string_view name = table.name;
    if (name == "encounters") return read_encounters(path);
    if (name == "diagnoses") {
      return read_children(path, "icd10cm", Measure::conditions_per_encounter,
                           Share::top_ten_conditions);
    }
    if (name == "procedures") {
      return read_children(path, "code", Measure::procedures_per_encounter,
                           Share::top_ten_procedures);
    }
    if (name == "medications") {
      return read_children(path, "rxcui", Measure::medications_per_encounter,
                           Share::top_ten_medications);
    }
    if (name == "billing") return read_billing(path);
    auto counted = rows_of(path, {}, [](const Cells&) {});
    if (name == "patients") patients_ = count_;
    if (name == "providers") providers_ = count_;
    return counted;
  }

  // Calls `visit` with the cells of the named columns, row by row; count_ is their number.
  template <class Visit>
  Problem rows_of(const std::string& path, std::span<const std::string_view> columns,
                  Visit&& visit) {
    auto opened = open_rows(path);
    if (!opened) {
      return ProfileError{opened.error().unreadable, path + ": " + opened.error().message};
    }
    RowSource& rows = **opened;
    std::vector<std::size_t> places;
    for (const auto column : columns) {
      const auto found = std::ranges::find(rows.columns(), column);
      if (found == rows.columns().end()) {
        return ProfileError{false, path + " has no column '" + std::string(column) + "'"};
      }
      places.push_back(static_cast<std::size_t>(found - rows.columns().begin()));
    }
    count_ = 0;
    CsvRow row;
    Cells cells(places.size());
    while (true) {
      const auto next = rows.next(row);
      if (!next) {
        ++profile_.unread_rows;
        continue;
      }
      if (!*next) break;
      for (std::size_t i = 0; i < places.size(); ++i) cells[i] = row[places[i]].text;
      visit(cells);
      ++count_;
      if (progress_ && count_ % kProgressRows == 0) progress_(path, count_);
    }
    profile_.rows.emplace_back(std::filesystem::path(path).stem().string(), count_);
    return std::nullopt;
  }

  Problem read_encounters(const std::string& path) {
    static constexpr auto kColumns = std::to_array<std::string_view>(
        {"patient_id", "provider_id", "class", "admitted_at", "discharged_at"});
    Tally by_patient;
    Tally by_provider;
    std::vector<double> stays;
    auto problem = rows_of(path, kColumns, [&](const Cells& cells) {
      by_patient.add(cells[0]);
      by_provider.add(cells[1]);
      const auto encounter_class = parse_enum<EncounterClass>(cells[2]);
      if (encounter_class) ++classes_[static_cast<std::size_t>(*encounter_class)];
      const auto admitted = parse_date(kTimeFormat, cells[3]);
      if (!admitted) return;
      count_time(*admitted);
      if (encounter_class != EncounterClass::inpatient) return;
      const auto discharged = parse_date(kTimeFormat, cells[4]);
      if (!discharged) return;
      stays.push_back(static_cast<double>(discharged->value - admitted->value) / 3'600'000);
    });
    if (problem) return problem;
    encounters_ = count_;
    measured_[Measure::encounters_per_patient] = measure_counts(times_of(by_patient, patients_));
    measured_[Measure::encounters_per_provider] = measure_counts(times_of(by_provider, providers_));
    if (!stays.empty()) measured_[Measure::inpatient_hours] = measure(std::move(stays));
    patient_shares(by_patient);
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      shares_[static_cast<Share>(i)] = {percent(classes_[i], encounters_), encounters_};
    }
    return std::nullopt;
  }

  void patient_shares(Tally& by_patient) {
    std::vector<std::uint64_t> counts;
    by_patient.for_each([&](std::uint64_t count) { counts.push_back(count); });
    if (counts.size() < patients_) counts.resize(patients_, 0);
    if (counts.empty()) return;
    std::ranges::sort(counts, std::greater<>());
    const std::size_t tenth = std::max<std::size_t>(1, counts.size() / 10);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < tenth; ++i) sum += counts[i];
    shares_[Share::top_tenth_of_patients] = {percent(sum, encounters_), counts.size()};
    shares_[Share::hottest_patient] = {percent(counts.front(), encounters_), counts.size()};
  }

  void count_time(UtcMillis time) {
    using namespace std::chrono;
    const sys_time<milliseconds> instant{milliseconds{time.value}};
    const auto day = floor<days>(instant);
    ++months_[static_cast<unsigned>(year_month_day{day}.month()) - 1];
    ++weekdays_[weekday{day}.iso_encoding() - 1];
    ++hours_[static_cast<std::size_t>(floor<hours>(instant - day).count())];
  }

  Problem read_children(const std::string& path, std::string_view code, Measure measure,
                        Share share) {
    const std::array<std::string_view, 2> columns = {"encounter_id", code};
    Tally by_encounter;
    CodeCount codes;
    auto problem = rows_of(path, columns, [&](const Cells& cells) {
      by_encounter.add(cells[0]);
      codes.add(cells[1]);
    });
    if (problem) return problem;
    measured_[measure] = measure_counts(times_of(by_encounter, encounters_));
    shares_[share] = {codes.top_ten_percent(), count_};
    return std::nullopt;
  }

  Problem read_billing(const std::string& path) {
    static constexpr auto kColumns = std::to_array<std::string_view>({"bill_id", "amount_cents"});
    Tally by_bill;
    auto problem = rows_of(path, kColumns, [&](const Cells& cells) {
      std::uint64_t cents = 0;
      std::from_chars(cells[1].data(), cells[1].data() + cells[1].size(), cents);
      by_bill.add(cells[0], cents);
    });
    if (problem) return problem;
    std::vector<double> dollars;
    dollars.reserve(by_bill.size());
    by_bill.for_each(
        [&](std::uint64_t cents) { dollars.push_back(static_cast<double>(cents) / 100); });
    measured_[Measure::claim_dollars] = measure(std::move(dollars));
    return std::nullopt;
  }

  static double percent(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  }

  // Why so many rows are not judged; empty where they are.
  static std::string too_few(const auto& reference, std::uint64_t count) {
    if (count >= reference.fewest) return {};
    return "too few to judge: " + std::to_string(count) + " " + std::string(reference.counted) +
           ", not " + std::to_string(reference.fewest);
  }

  void compare(std::string_view name, std::string_view statistic, double reference, double measured,
               bool held, std::string exception = {}) {
    if (reference < 0) return;
    double distance = 100 * (measured - reference) / reference;
    if (reference == 0) distance = measured == 0 ? 0 : std::numeric_limits<double>::infinity();
    const bool judged = held && exception.empty();
    profile_.comparisons.push_back({.name = std::string(name),
                                    .statistic = std::string(statistic),
                                    .reference = reference,
                                    .measured = measured,
                                    .distance_percent = distance,
                                    .held = judged,
                                    .too_few = held && !judged,
                                    .exception = std::move(exception)});
  }

  void finish() {
    for (const auto& reference : reference_distributions()) {
      const auto found = measured_.find(reference.measure);
      if (found == measured_.end()) continue;
      Measured& measured = found->second;
      const bool held = measured.count < reference.most;
      const std::string why =
          held ? too_few(reference, measured.count) : std::string(reference.exception);
      compare(reference.name, "mean", reference.mean, measured.mean, false);
      compare(reference.name, "p50", reference.p50, measured.p50, held, why);
      compare(reference.name, "p90", reference.p90, measured.p90, held, why);
      compare(reference.name, "p99", reference.p99, measured.p99, false);
      compare(reference.name, "max", reference.max, measured.max, false);
      Curve curve;
      curve.name = reference.name;
      curve.measured = std::move(measured.curve);
      for (const auto& [p, value] : {std::pair(0.5, reference.p50), std::pair(0.9, reference.p90),
                                     std::pair(0.99, reference.p99)}) {
        if (value != kNotKnown) curve.reference.emplace_back(p, value);
      }
      profile_.curves.push_back(std::move(curve));
    }
    for (const auto& reference : reference_shares()) {
      const auto found = shares_.find(reference.share);
      if (found == shares_.end()) continue;
      const auto& [percent, count] = found->second;
      const bool held = reference.exception.empty();
      compare(reference.name, "share %", reference.percent, percent, held,
              held ? too_few(reference, count) : std::string(reference.exception));
    }
    add_bars("encounters by month",
             {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
             months_);
    add_bars("encounters by weekday", {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}, weekdays_);
    std::vector<std::string> hours;
    hours.reserve(hours_.size());
    for (std::size_t i = 0; i < hours_.size(); ++i) {
      hours.push_back((i < 10 ? "0" : "") + std::to_string(i));
    }
    add_bars("encounters by hour", std::move(hours), hours_);
  }

  void add_bars(std::string name, std::vector<std::string> labels,
                std::span<const std::uint64_t> counts) {
    Bars bars{std::move(name), std::move(labels), {}};
    std::uint64_t all = 0;
    for (const auto count : counts) all += count;
    for (const auto count : counts) bars.percent.push_back(percent(count, all));
    profile_.bars.push_back(std::move(bars));
  }

  const ProfileProgress& progress_;
  Profile profile_;
  std::uint64_t count_ = 0;  // rows of the file that was read last
  std::uint64_t patients_ = 0;
  std::uint64_t providers_ = 0;
  std::uint64_t encounters_ = 0;
  std::array<std::uint64_t, enum_names<EncounterClass>.size()> classes_{};
  std::array<std::uint64_t, 12> months_{};
  std::array<std::uint64_t, 7> weekdays_{};
  std::array<std::uint64_t, 24> hours_{};
  std::map<Measure, Measured> measured_;
  std::map<Share, std::pair<double, std::uint64_t>> shares_;  // percent, of how many
};

}  // namespace

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::realistic:
      return "realistic";
    case Verdict::off:
      return "off";
    case Verdict::too_few:
      break;
  }
  return "too few to judge";
}

Verdict Profile::verdict() const {
  Verdict verdict = Verdict::realistic;
  for (const auto& each : comparisons) {
    if (each.held && !each.within()) return Verdict::off;
    if (each.too_few) verdict = Verdict::too_few;
  }
  return verdict;
}

Result<Profile, ProfileError> profile_files(const std::vector<std::string>& files,
                                            const ProfileProgress& progress) {
  return Profiler(progress).run(files);
}

}  // namespace pim::data::profile
