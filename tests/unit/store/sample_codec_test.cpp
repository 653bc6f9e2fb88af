#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <harness/base/hash.h>
#include <harness/store/sample_codec.h>

namespace assay::store {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

using Blob = std::vector<std::byte>;
using Latencies = std::vector<std::int64_t>;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

/// `body` with the checksum that makes a decoder look further.
Blob seal(std::initializer_list<int> body) {
  Blob blob;
  for (const int byte : body) {
    blob.push_back(static_cast<std::byte>(byte));
  }
  const auto sum = static_cast<std::uint32_t>(fast_hash(blob));
  for (unsigned shift = 0; shift < 32; shift += 8) {
    blob.push_back(static_cast<std::byte>(sum >> shift));
  }
  return blob;
}

/// A sequence of random length, values of random width, some of them close to their neighbour.
Latencies random_latencies(std::mt19937_64& random) {
  Latencies values(random() % 200);
  std::int64_t previous = 0;
  for (std::int64_t& value : values) {
    const std::uint64_t noise = random() >> (random() % 64);
    const auto base = random() % 2 == 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(previous);
    value = static_cast<std::int64_t>(random() % 2 == 0 ? base + noise : base - noise);
    previous = value;
  }
  return values;
}

TEST(SampleCodecTest, AnySequenceReadsBackAsItWas) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 2000; ++round) {
    const Latencies values = random_latencies(random);
    ASSERT_EQ(decode_samples(encode_samples(values)).value(), values) << "round " << round;
  }
}

TEST(SampleCodecTest, ExtremesAndTheirDifferencesReadBack) {
  for (const Latencies& values : {Latencies{}, Latencies{0}, Latencies{kMin}, Latencies{kMax},
                                  Latencies{kMin, kMax, kMin}, Latencies{-1, kMax, 0, kMin, 1}}) {
    EXPECT_EQ(decode_samples(encode_samples(values)).value(), values);
  }
}

TEST(SampleCodecTest, TheBytesAreTheDocumentedOnes) {
  // 300 -> zig-zag 600 = 0xd8 0x04; 299 - 300 = -1 -> 1.
  EXPECT_EQ(encode_samples(Latencies{300, 299}), seal({1, 2, 0xd8, 0x04, 1}));
}

TEST(SampleCodecTest, ATypicalSampleTakesLessThanFourBytes) {
  std::mt19937_64 random(2);
  std::normal_distribution<double> noise(0, 0.02);
  Latencies values(10'000);
  for (std::int64_t& value : values) {
    value = static_cast<std::int64_t>(5e6 * (1 + noise(random)));
  }
  EXPECT_LT(encode_samples(values).size(), 4 * values.size());
}

TEST(SampleCodecTest, EveryTruncationIsRefused) {
  const Blob blob = encode_samples(Latencies{100'000, 99'000, 250'000, kMax});
  for (std::size_t size = 0; size < blob.size(); ++size) {
    const auto decoded = decode_samples(std::span(blob).first(size));
    ASSERT_FALSE(decoded.ok()) << "first " << size << " bytes";
    EXPECT_EQ(decoded.error().code, ErrorCode::kCorrupt);
  }
}

TEST(SampleCodecTest, EveryFlippedBitIsRefused) {
  const Blob blob = encode_samples(Latencies{100'000, 99'000, 250'000, kMin});
  for (std::size_t bit = 0; bit < blob.size() * 8; ++bit) {
    Blob changed = blob;
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(decode_samples(changed).ok()) << "bit " << bit;
  }
}

TEST(SampleCodecTest, RandomBytesBehindAValidChecksumNeverCrash) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20'000; ++round) {
    Blob blob(random() % 40);
    for (std::byte& byte : blob) {
      byte = static_cast<std::byte>(random() % 4 == 0 ? 0xff : random());
    }
    blob.insert(blob.begin(), std::byte{1});
    const auto sum = static_cast<std::uint32_t>(fast_hash(blob));
    for (unsigned shift = 0; shift < 32; shift += 8) {
      blob.push_back(static_cast<std::byte>(sum >> shift));
    }
    const auto decoded = decode_samples(blob);
    if (decoded.ok()) {
      EXPECT_LE(decoded.value().size(), blob.size());
    }
  }
}

TEST(SampleCodecTest, ACountBeyondTheBytesIsRefusedBeforeAnythingIsAllocated) {
  const Blob huge = seal({1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0});
  EXPECT_THAT(decode_samples(huge).error().message, HasSubstr("impossible sample count"));
}

TEST(SampleCodecTest, ANumberBeyond64BitsIsRefused) {
  const Blob wide = seal({1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02});
  EXPECT_THAT(decode_samples(wide).error().message, HasSubstr("fewer samples"));
}

TEST(SampleCodecTest, BytesAfterTheLastSampleAreRefused) {
  EXPECT_THAT(decode_samples(seal({1, 1, 0, 0})).error().message, HasSubstr("more bytes"));
}

TEST(SampleCodecTest, AnotherFormatVersionIsRefusedByNumber) {
  EXPECT_THAT(decode_samples(seal({2, 0})).error().message, HasSubstr("format 2"));
}

TEST(SampleCodecTest, AMillionSamplesAreOneBlob) {
  const Latencies values(1'000'000, 123'456);
  EXPECT_THAT(decode_samples(encode_samples(values)).value(), SizeIs(1'000'000));
}

TEST(SeriesCodecTest, EveryBitOfAFloatReadsBack) {
  const std::vector<float> values{0.0F, -0.0F, 1.5F, std::numeric_limits<float>::infinity(),
                                  std::numeric_limits<float>::quiet_NaN()};
  const auto decoded = decode_series(encode_series(values)).value();
  ASSERT_EQ(decoded.size(), values.size());
  EXPECT_EQ(std::memcmp(decoded.data(), values.data(), values.size() * sizeof(float)), 0);
}

TEST(SeriesCodecTest, HalfAFloatIsRefused) {
  EXPECT_EQ(decode_series(Blob(7)).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace assay::store
