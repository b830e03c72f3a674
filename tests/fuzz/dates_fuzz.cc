// Date detection over a column, one value a line; and a format with a text, in its first two lines.
#include <string_view>
#include <vector>

#include "data/date_detect.h"
#include "data/date_format.h"
#include "data/folded_text.h"
#include "fuzz.h"

namespace pim::fuzz {
namespace {

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void check_detection(const std::vector<std::string>& values) {
  data::DateDetector detector;
  for (std::size_t i = 0; i < values.size(); ++i) detector.add(values[i], i + 1);
  const auto form = detector.result();
  if (!form) {
    require(!form.error().reason.empty(), "a doubt says what to write");
    return;
  }
  require(!form->formats.empty(), "a form has a format");
  for (const auto& format : form->formats) {
    require(data::is_date_format(format), "a format is complete");
    for (const auto& other : form->formats) {
      require(!data::formats_contradict(format, other), "no text is two dates");
    }
  }
}

}  // namespace
}  // namespace pim::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto values = pim::fuzz::lines_of(pim::fuzz::as_text(data, size));
  pim::fuzz::check_detection(values);
  if (values.size() >= 2) (void)pim::data::parse_date(values[0], values[1]);
  for (const auto& value : values) {
    pim::fuzz::require(pim::data::fold(pim::data::fold(value)) == pim::data::fold(value),
                       "folding twice is folding once");
  }
  return 0;
}
