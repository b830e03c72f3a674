#include "mutants.h"

#include <yaml-cpp/yaml.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <string_view>
#include <utility>

namespace pim::rules {
namespace {

bool in_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':';
}

// "6h" in seconds.
long seconds_of(const std::string& duration) {
  const long unit = duration.back() == 's'   ? 1
                    : duration.back() == 'm' ? 60
                    : duration.back() == 'h' ? 3600
                                             : 86400;
  return std::stol(duration) * unit;
}

std::string scaled(const std::string& number, double by) {
  const auto value = std::stod(number);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", value == 0 ? 1.0 : value * by);
  return text.data();
}

class Expression {
 public:
  explicit Expression(const std::string& text) : text_(text) {}

  std::vector<std::string> mutants() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        quoted();
      } else if (c == '[') {
        window();
      } else if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
        number();
      } else if (in_word(c)) {
        word();
      } else if (std::string_view("=!<>").find(c) != std::string_view::npos) {
        comparison();
      } else {
        ++at_;
      }
    }
    return std::move(found_);
  }

 private:
  void replace(std::size_t begin, std::size_t length, const std::string& by) {
    found_.push_back(text_.substr(0, begin) + by + text_.substr(begin + length));
  }

  void quoted() {
    const auto end = text_.find('"', at_ + 1);
    replace(end, 0, "x");
    at_ = end + 1;
  }

  // [5m], or [5m:5s] whose step is how often is looked, and no bound.
  void window() {
    const auto end = text_.find_first_of("]:", at_);
    const auto seconds = seconds_of(text_.substr(at_ + 1, end - at_ - 1));
    replace(at_ + 1, end - at_ - 1, std::to_string(2 * seconds) + "s");
    replace(at_ + 1, end - at_ - 1, std::to_string(seconds / 2) + "s");
    at_ = text_.find(']', at_) + 1;
  }

  void number() {
    const auto begin = at_;
    while (at_ < text_.size() &&
           (std::isdigit(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '.'))
      ++at_;
    const auto number = text_.substr(begin, at_ - begin);
    replace(begin, at_ - begin, scaled(number, 1.25));
    if (std::stod(number) != 0) replace(begin, at_ - begin, scaled(number, 0.8));
  }

  void word() {
    const auto begin = at_;
    while (at_ < text_.size() && in_word(text_[at_])) ++at_;
    const auto word = text_.substr(begin, at_ - begin);
    if (word == "and") replace(begin, word.size(), "or");
    if (word == "or") replace(begin, word.size(), "and");
  }

  void comparison() {
    using Pair = std::pair<std::string_view, std::string_view>;
    constexpr auto kOpposites = std::to_array<Pair>({{"=~", "!~"},
                                                     {"!~", "=~"},
                                                     {"==", "!="},
                                                     {"!=", "="},
                                                     {">=", "<"},
                                                     {"<=", ">"},
                                                     {"=", "!="},
                                                     {">", "<"},
                                                     {"<", ">"}});
    for (const auto& [written, opposite] : kOpposites) {
      if (text_.compare(at_, written.size(), written) != 0) continue;
      replace(at_, written.size(), std::string(opposite));
      at_ += written.size();
      return;
    }
    ++at_;
  }

  const std::string& text_;
  std::size_t at_ = 0;
  std::vector<std::string> found_;
};

// Changes one field of a rule, prints the file, and changes it back.
class File {
 public:
  explicit File(const std::string& yaml) : root_(YAML::Load(yaml)) {}

  std::vector<RuleMutant> mutants() {
    for (auto group : root_["groups"]) {
      const auto rules = YAML::Clone(group["rules"]);
      for (std::size_t i = 0; i < rules.size(); ++i) {
        change(group["rules"][i]);
        auto others = YAML::Node(YAML::NodeType::Sequence);
        for (std::size_t other = 0; other < rules.size(); ++other) {
          if (other != i) others.push_back(rules[other]);
        }
        group["rules"] = others;
        keep(name_of(rules[i]) + ": removed");
        group["rules"] = YAML::Clone(rules);
      }
    }
    return std::move(found_);
  }

 private:
  static std::string name_of(const YAML::Node& rule) {
    return rule[rule["alert"] ? "alert" : "record"].as<std::string>();
  }

  void change(YAML::Node rule) {
    const auto name = name_of(rule);
    const auto expression = rule["expr"].as<std::string>();
    for (const auto& mutant : mutants_of_expression(expression)) {
      rule["expr"] = mutant;
      keep(name + ": " + mutant);
    }
    rule["expr"] = expression;
    for (const auto* part : {"labels", "annotations"}) {
      if (!rule[part]) continue;
      for (const auto& each : YAML::Clone(rule[part])) {
        const auto key = each.first.as<std::string>();
        const auto value = each.second.as<std::string>();
        rule[part][key] = value + "x";
        keep(name + ": " + key + " = " + value + "x");
        rule[part][key] = value;
      }
    }
    if (!rule["for"]) return;
    const auto wait = rule["for"].as<std::string>();
    for (const auto& other : {std::to_string(2 * seconds_of(wait)) + "s", std::string("0s")}) {
      rule["for"] = other;
      keep(name + ": for " + other);
    }
    rule["for"] = wait;
  }

  void keep(const std::string& what) { found_.push_back({what, YAML::Dump(root_)}); }

  YAML::Node root_;
  std::vector<RuleMutant> found_;
};

}  // namespace

std::vector<std::string> mutants_of_expression(const std::string& promql) {
  return Expression(promql).mutants();
}

std::vector<RuleMutant> mutants_of_file(const std::string& yaml) { return File(yaml).mutants(); }

}  // namespace pim::rules
