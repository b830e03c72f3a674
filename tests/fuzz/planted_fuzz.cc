// The negative control: reads one byte beyond its buffer for one kind of input. A bounded run that
// does not find it proves nothing about the other targets.
#include <array>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<char, 4> read{};
  for (std::size_t i = 0; i < size && i < read.size(); ++i) read[i] = static_cast<char>(data[i]);
  if (read[0] != 'p' || read[1] != 'i' || read[2] != 'm') return 0;
  const std::size_t length = static_cast<unsigned char>(read[3]) % 8;
  const volatile char* bytes = read.data();
  int sum = 0;
  for (std::size_t i = 0; i <= length; ++i) sum += bytes[i];
  return sum == -1 ? 1 : 0;
}
