// Of a hundred events so many, evenly, the same in every run: an exact share without dice.
#pragma once

namespace pim::chaos {

class EverySoMany {
 public:
  explicit EverySoMany(double percent) : percent_(percent) {}

  // Whether this event is one of them.
  bool next() {
    sum_ += percent_;
    if (sum_ < 100) return false;
    sum_ -= 100;
    return true;
  }

 private:
  double percent_;
  double sum_ = 0;
};

}  // namespace pim::chaos
