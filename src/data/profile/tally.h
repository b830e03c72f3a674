// Sums by key in little memory: 16 to 32 bytes a key. Keys are hashes of 64 bits; two that are
// equal by chance are counted as one (at a hundred million keys: one time in four thousand).
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

namespace pim::data::profile {

// Not thread-safe.
class Tally {
 public:
  void add(std::string_view key, std::uint64_t by = 1) {
    const std::uint64_t hash = std::hash<std::string_view>{}(key) | 1;  // 0: a free place
    if (hash == last_) {  // rows of one parent stand together
      run_ += by;
      return;
    }
    flush();
    last_ = hash;
    run_ = by;
  }
  // Of distinct keys.
  std::uint64_t size() {
    flush();
    return used_;
  }
  template <class Visit>
  void for_each(Visit&& visit) {
    flush();
    for (const auto& [key, sum] : places_) {
      if (key != 0) visit(sum);
    }
  }

 private:
  using Place = std::pair<std::uint64_t, std::uint64_t>;

  void flush() {
    if (last_ == 0) return;
    if (2 * (used_ + 1) > places_.size()) grow();
    Place& place = find(places_, last_);
    if (place.first == 0) {
      place.first = last_;
      ++used_;
    }
    place.second += run_;
    last_ = 0;
    run_ = 0;
  }
  static Place& find(std::vector<Place>& places, std::uint64_t key) {
    const std::size_t mask = places.size() - 1;
    std::size_t at = (key * 0x9E3779B97F4A7C15) >> 20 & mask;
    while (places[at].first != 0 && places[at].first != key) at = (at + 1) & mask;
    return places[at];
  }
  void grow() {
    std::vector<Place> larger(places_.empty() ? 1024 : 2 * places_.size());
    for (const Place& place : places_) {
      if (place.first != 0) find(larger, place.first) = place;
    }
    places_ = std::move(larger);
  }

  std::vector<Place> places_;
  std::uint64_t used_ = 0;
  std::uint64_t last_ = 0;
  std::uint64_t run_ = 0;
};

}  // namespace pim::data::profile
