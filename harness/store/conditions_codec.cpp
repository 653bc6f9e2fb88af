#include <array>
#include <cstdint>

#include <harness/store/conditions_codec.h>
#include <harness/store/sample_codec.h>

namespace assay::store {
namespace {

constexpr std::size_t kFixedFields = 6;

template <class Number>
void append(std::vector<std::int64_t>& values, const std::optional<Number>& field,
            std::int64_t bit) {
  if (field) {
    values.front() |= std::int64_t{1} << bit;
    values.push_back(static_cast<std::int64_t>(*field));
  }
}

}  // namespace

std::vector<std::byte> encode_conditions(const BlockConditions& conditions) {
  // Bound by position, so that a new field cannot be forgotten here: it does not compile.
  const auto& [wall_ns, cpu_ns, voluntary, involuntary, minor, major, steal_ns, load_milli,
               frequency_khz, temperature_mdeg_c, instructions, cycles, cache_misses] = conditions;
  std::vector<std::int64_t> values{0,
                                   wall_ns,
                                   cpu_ns,
                                   static_cast<std::int64_t>(voluntary),
                                   static_cast<std::int64_t>(involuntary),
                                   static_cast<std::int64_t>(minor),
                                   static_cast<std::int64_t>(major)};
  append(values, steal_ns, 0);
  append(values, load_milli, 1);
  append(values, frequency_khz, 2);
  append(values, temperature_mdeg_c, 3);
  append(values, instructions, 4);
  append(values, cycles, 5);
  append(values, cache_misses, 6);
  return encode_samples(values);
}

Result<BlockConditions> decode_conditions(std::span<const std::byte> blob) {
  ASSAY_ASSIGN(const std::vector<std::int64_t> values, decode_samples(blob));
  if (values.size() <= kFixedFields) {
    return make_error(ErrorCode::kCorrupt, "damaged conditions: {} numbers", values.size());
  }
  BlockConditions conditions{.wall_ns = values[1],
                             .cpu_ns = values[2],
                             .voluntary_switches = static_cast<std::uint64_t>(values[3]),
                             .involuntary_switches = static_cast<std::uint64_t>(values[4]),
                             .minor_faults = static_cast<std::uint64_t>(values[5]),
                             .major_faults = static_cast<std::uint64_t>(values[6])};
  std::size_t next = kFixedFields + 1;
  bool complete = true;
  const auto take = [&]<class Number>(std::optional<Number>& field, std::int64_t bit) {
    if ((values.front() >> bit & 1) == 0) {
      return;
    }
    if (next == values.size()) {
      complete = false;
      return;
    }
    field = static_cast<Number>(values[next++]);
  };
  take(conditions.steal_ns, 0);
  take(conditions.load_milli, 1);
  take(conditions.frequency_khz, 2);
  take(conditions.temperature_mdeg_c, 3);
  take(conditions.instructions, 4);
  take(conditions.cycles, 5);
  take(conditions.cache_misses, 6);
  if (!complete || next != values.size()) {
    return make_error(ErrorCode::kCorrupt, "damaged conditions: {} numbers do not fit the mask {}",
                      values.size(), values.front());
  }
  return conditions;
}

}  // namespace assay::store
