// Typed values out of TOML tables. What is wrong is noted with its place and reading goes on, so
// that a text's problems are all said at once; a value that could not be read is its standard.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/toml.h"

namespace pim::load {

class TomlProblems {
 public:
  void add(const toml::node& where, std::string message);
  void add(const toml::source_position& where, std::string message);
  std::size_t count() const { return problems_.size(); }
  // "NAME:3:7: ...", in the order of the text.
  std::vector<std::string> messages(const std::string& name) const;

 private:
  struct Problem {
    toml::source_position where;
    std::string message;
  };
  std::vector<Problem> problems_;
};

// One table. Every key that is asked for is a known one; finish() reports the others.
class TableReader {
 public:
  // `path` stands before its keys in messages: "client.", "stage 2: ". All outlive it.
  TableReader(const toml::table& table, std::string path, TomlProblems& problems);

  // Null where it is not there.
  const toml::node* find(std::string_view key);
  const toml::table* table(std::string_view key);
  const toml::array* array(std::string_view key);
  // Nothing where it is not there or wrong. Ranges are inclusive.
  std::optional<std::string> text(std::string_view key);
  std::optional<double> number(std::string_view key, double min, double max);
  std::optional<std::uint64_t> whole(std::string_view key, std::uint64_t min, std::uint64_t max);
  std::optional<std::chrono::nanoseconds> duration(std::string_view key,
                                                   std::chrono::nanoseconds min,
                                                   std::chrono::nanoseconds max);
  // Numbers from `min` to `max`, at least two; empty where there are none or one is wrong.
  std::vector<double> numbers(std::string_view key, double min, double max);

  // Notes that it is missing where it is not there.
  void require(std::string_view key, std::string_view what);
  void finish();

  // At a key, or at the table where it has none such: "client.timeout is ...", and a sentence that
  // names what it is about itself.
  void problem(std::string_view key, std::string_view predicate);
  void note(std::string_view key, std::string_view sentence);

 private:
  void wrong(const toml::node& node, std::string_view key, const std::string& wanted);

  const toml::table& table_;
  std::string path_;
  TomlProblems& problems_;
  std::vector<std::string> asked_;
};

// A number from min to max, or a note.
std::optional<double> number_in(const toml::node& node, double min, double max);

// "; did you mean 'x'?" where one is spelt much alike, else "; known: x, y".
std::string suggestion(std::string_view given, std::span<const std::string> known);

}  // namespace pim::load
