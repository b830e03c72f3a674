#include "data/text_cursor.h"

#include <algorithm>
#include <string_view>

namespace pim::data {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

TextCursor::TextCursor(std::istream& in) : in_(in), buffer_(kBufferBytes) { restart(); }

void TextCursor::restart() {
  in_.clear();
  in_.seekg(0);
  next_ = end_ = 0;
  place_ = {};
  offset_ = 0;
  fill();
  if (std::string_view(buffer_.data(), end_).starts_with(kByteOrderMark)) {
    next_ = offset_ = kByteOrderMark.size();
  }
}

// Keeps what was not taken yet in front.
bool TextCursor::fill() {
  const auto at = [this](std::size_t i) {
    return buffer_.begin() + static_cast<std::ptrdiff_t>(i);
  };
  std::copy(at(next_), at(end_), buffer_.begin());
  end_ -= next_;
  next_ = 0;
  in_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
  const auto got = static_cast<std::size_t>(in_.gcount());
  end_ += got;
  return got > 0;
}

int TextCursor::peek_second() {
  if (end_ - next_ < 2) fill();
  return end_ - next_ < 2 ? kEnd : static_cast<unsigned char>(buffer_[next_ + 1]);
}

int TextCursor::take() {
  const int c = peek();
  if (c == kEnd) return kEnd;
  ++next_;
  ++offset_;
  if (c == '\n') {
    ++place_.line;
    place_.column = 1;
  } else if ((c & 0xC0) != 0x80) {  // not in the middle of a character
    ++place_.column;
  }
  return c;
}

void TextCursor::skip_line() {
  while (peek() != kEnd && take() != '\n') {
  }
}

}  // namespace pim::data
