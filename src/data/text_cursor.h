// A text read byte by byte, its place counted as an editor counts. What the readers of all formats
// stand on.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace pim::data {

// Where a value stands: both count from 1, columns in characters (code points).
struct Place {
  std::uint64_t line = 1;
  std::uint64_t column = 1;
};

// Not thread-safe. Reads ahead: nothing else may read from `in` meanwhile.
class TextCursor {
 public:
  static constexpr int kEnd = -1;

  explicit TextCursor(std::istream& in);

  int peek() {
    if (next_ == end_ && !fill()) return kEnd;
    return static_cast<unsigned char>(buffer_[next_]);
  }
  // The byte after peek()'s.
  int peek_second();
  int take();
  // Up to the end of the line, and past it.
  void skip_line();

  Place place() const { return place_; }
  std::uint64_t offset() const { return offset_; }  // bytes taken so far
  // Back to the first byte behind the byte order mark, if there is one.
  void restart();

 private:
  bool fill();

  std::istream& in_;
  std::vector<char> buffer_;
  std::size_t next_ = 0;
  std::size_t end_ = 0;
  Place place_;
  std::uint64_t offset_ = 0;
};

}  // namespace pim::data
