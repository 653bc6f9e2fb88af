#include <algorithm>
#include <array>

#include <tests/fuzz/mutator.h>

namespace assay::fuzz {
namespace {

constexpr std::size_t kMaxChanges = 8;
constexpr std::size_t kMaxInput = 1 << 16;
constexpr std::size_t kMaxRange = 64;

// Values that sizes, offsets and JSON are most often wrong at.
const std::array<std::string, 20> kWords{
    std::string(4, '\0'),
    std::string(8, '\0'),
    "\xff\xff\xff\xff",
    "\xff\xff\xff\x7f",
    "\xff\xff\xff\xff\xff\xff\xff\xff",
    std::string("\0\0\0\x80", 4),
    "0",
    "-1",
    "1e999",
    "1e308",
    "0.5",
    "4294967296",
    "9223372036854775807",
    "18446744073709551615",
    "null",
    "[]",
    "{}",
    "\"\"",
    "[[[[[[[[",
    "\\u0000",
};

}  // namespace

std::string Mutator::some_range(const std::string& input) {
  if (input.empty()) {
    return {};
  }
  const std::size_t start = below(input.size());
  return input.substr(start, 1 + below(kMaxRange));
}

void Mutator::replace_range(std::string& input, const std::string& replacement) {
  const std::size_t start = below(input.size() + 1);
  const std::size_t length = std::min(below(replacement.size() + 2), input.size() - start);
  input.replace(start, length, replacement);
}

void Mutator::mutate(std::string& input) {
  const auto random_byte = [&] { return static_cast<char>(below(256)); };
  switch (below(7)) {
    case 0:  // flip a bit
      if (!input.empty()) {
        char& byte = input[below(input.size())];
        byte = static_cast<char>(byte ^ (1 << below(8)));
      }
      break;
    case 1:  // any byte
      if (!input.empty()) {
        input[below(input.size())] = random_byte();
      }
      break;
    case 2:  // cut the end off
      input.resize(below(input.size() + 1));
      break;
    case 3:  // remove a range
      input.erase(below(input.size() + 1), below(kMaxRange));
      break;
    case 4:  // a notorious value
      replace_range(input, kWords[below(kWords.size())]);
      break;
    case 5:  // a piece of a seed
      replace_range(input, some_range(seeds_[below(seeds_.size())]));
      break;
    default:  // a piece of itself again
      input.insert(below(input.size() + 1), some_range(input));
      break;
  }
}

std::string Mutator::next() {
  std::string input = seeds_[below(seeds_.size())];
  for (std::size_t changes = 1 + below(kMaxChanges); changes > 0; --changes) {
    mutate(input);
  }
  input.resize(std::min(input.size(), kMaxInput));
  return input;
}

}  // namespace assay::fuzz
