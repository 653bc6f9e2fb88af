#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>

#include <datasets/wav_reader.h>
#include <harness/base/file.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::datasets {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kRateHz = 16000;
constexpr std::size_t kDataSizeOffset = 40;  // of the 44-byte header that libsndfile writes

class WavReaderTest : public testing::Test {
 protected:
  /// Writes `frames` frames with libsndfile and returns the file's bytes.
  std::string make_wav(int rate_hz, int channels, int format,
                       const std::vector<short>& frames = {0, 16384, -32768, 32767}) {
    SF_INFO info = {};
    info.samplerate = rate_hz;
    info.channels = channels;
    info.format = format;
    const auto path = folder_ / "made.wav";
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
    sf_write_short(file, frames.data(), static_cast<sf_count_t>(frames.size()));
    sf_close(file);
    return read_text_file(path).value();
  }

  std::string good_wav() { return make_wav(kRateHz, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16); }

  Result<std::vector<float>> read(const std::string& bytes) {
    std::ofstream(folder_ / "clip.wav", std::ios::binary) << bytes;
    return read_wav(folder_ / "clip.wav", kRateHz);
  }

  std::string error_of(const std::string& bytes) {
    auto samples = read(bytes);
    return samples.ok() ? "no error" : samples.error().message;
  }

  fakes::TemporaryFolder folder_;
};

void set_u32(std::string& bytes, std::size_t offset, std::uint32_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

TEST_F(WavReaderTest, SamplesAreScaledByTheFullScaleOfInt16) {
  const auto samples = read(good_wav());
  ASSERT_TRUE(samples.ok()) << samples.error().message;
  EXPECT_THAT(*samples, ElementsAre(0.0F, 0.5F, -1.0F, 32767.0F / 32768.0F));
}

TEST_F(WavReaderTest, AnExtensibleHeaderIsAWavToo) {
  EXPECT_TRUE(read(make_wav(kRateHz, 1, SF_FORMAT_WAVEX | SF_FORMAT_PCM_16)).ok());
}

TEST_F(WavReaderTest, ChunksBeforeTheDataAreSkipped) {
  std::string bytes = good_wav();
  bytes.insert(36, std::string("note\x03\0\0\0abc\0", 12));
  const auto samples = read(bytes);
  ASSERT_TRUE(samples.ok()) << samples.error().message;
  EXPECT_EQ(samples->size(), 4U);
}

TEST_F(WavReaderTest, WhatComesAfterTheDataIsNotRead) {
  // Found by fuzzing: a list of 4 GB after the data, which libsndfile searches for minutes.
  const auto samples = read(good_wav() + "LIST\xff\xff\xff\xff" + std::string(60, '\xff'));
  ASSERT_TRUE(samples.ok()) << samples.error().message;
  EXPECT_EQ(samples->size(), 4U);
}

TEST_F(WavReaderTest, DataWithoutAFormatIsRefused) {
  std::string bytes = good_wav();
  bytes.replace(12, 4, "junk");
  EXPECT_THAT(error_of(bytes), HasSubstr("cannot be read as a WAV file"));
}

TEST_F(WavReaderTest, AnotherRateIsRefusedWithTheCommandThatConverts) {
  EXPECT_THAT(
      error_of(make_wav(8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16)),
      AllOf(HasSubstr("clip.wav' is 8000 Hz"), HasSubstr("16000 Hz, mono, 16-bit PCM"),
            HasSubstr("ffmpeg -i"), HasSubstr("-ar 16000 -ac 1 -c:a pcm_s16le"), HasSubstr("sox")));
  EXPECT_THAT(error_of(make_wav(44100, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16)),
              HasSubstr("is 44100 Hz"));
}

TEST_F(WavReaderTest, StereoIsRefused) {
  EXPECT_THAT(error_of(make_wav(kRateHz, 2, SF_FORMAT_WAV | SF_FORMAT_PCM_16)),
              HasSubstr("is 16000 Hz, stereo"));
}

TEST_F(WavReaderTest, ManyChannelsAreRefused) {
  EXPECT_THAT(error_of(make_wav(kRateHz, 4, SF_FORMAT_WAV | SF_FORMAT_PCM_16)),
              HasSubstr("4 channels"));
}

TEST_F(WavReaderTest, OtherEncodingsAreRefusedByName) {
  EXPECT_THAT(error_of(make_wav(kRateHz, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_24)),
              HasSubstr("mono, Signed 24 bit PCM;"));
  EXPECT_THAT(error_of(make_wav(kRateHz, 1, SF_FORMAT_WAV | SF_FORMAT_FLOAT)),
              HasSubstr("mono, 32 bit float;"));
  EXPECT_THAT(error_of(make_wav(kRateHz, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_U8)),
              HasSubstr("mono, Unsigned 8 bit PCM;"));
}

TEST_F(WavReaderTest, AWrongFormatIsTheUsersToMend) {
  EXPECT_EQ(read(make_wav(8000, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16)).error().code,
            ErrorCode::kUsage);
}

TEST_F(WavReaderTest, AFileCutInTheSamplesIsTruncated) {
  std::string bytes = good_wav();
  bytes.resize(bytes.size() - 2);
  EXPECT_THAT(error_of(bytes), AllOf(HasSubstr("truncated"), HasSubstr("should have 8 bytes"),
                                     HasSubstr("the file has 6")));
}

TEST_F(WavReaderTest, AFileCutAnywhereIsRefused) {
  const std::string bytes = good_wav();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto samples = read(bytes.substr(0, size));
    ASSERT_FALSE(samples.ok()) << size;
    EXPECT_EQ(samples.error().code, ErrorCode::kCorrupt) << size;
  }
}

TEST_F(WavReaderTest, ADataChunkThatSaysMoreThanTheFileHasIsTruncated) {
  std::string bytes = good_wav();
  set_u32(bytes, kDataSizeOffset, 1'000'000);
  EXPECT_THAT(error_of(bytes), HasSubstr("should have 1000000 bytes, the file has 8"));
  set_u32(bytes, kDataSizeOffset, 0xffffffffU);
  EXPECT_THAT(error_of(bytes), HasSubstr("truncated"));
}

TEST_F(WavReaderTest, AHeaderChunkThatSaysMoreThanTheFileHasIsTruncated) {
  std::string bytes = good_wav();
  set_u32(bytes, 16, 0xfffffff0U);
  EXPECT_THAT(error_of(bytes), HasSubstr("truncated"));
}

TEST_F(WavReaderTest, HalfASampleAtTheEndIsRefused) {
  std::string bytes = good_wav();
  set_u32(bytes, kDataSizeOffset, 7);
  EXPECT_THAT(error_of(bytes), HasSubstr("7 bytes of data are not 3 samples"));
}

TEST_F(WavReaderTest, AnEmptyFileIsCalledEmpty) {
  EXPECT_THAT(error_of(""), HasSubstr("is empty"));
}

TEST_F(WavReaderTest, AFileWithoutSamplesIsRefused) {
  EXPECT_THAT(error_of(make_wav(kRateHz, 1, SF_FORMAT_WAV | SF_FORMAT_PCM_16, {})),
              HasSubstr("holds no samples"));
}

TEST_F(WavReaderTest, OtherFilesAreNotWav) {
  EXPECT_THAT(error_of("This is a text file and not a sound at all."), HasSubstr("not a WAV file"));
  EXPECT_THAT(error_of(make_wav(kRateHz, 1, SF_FORMAT_AIFF | SF_FORMAT_PCM_16)),
              HasSubstr("not a WAV file"));
}

TEST_F(WavReaderTest, ADamagedFormatChunkIsRefused) {
  std::string bytes = good_wav();
  bytes.replace(20, 16, std::string(16, '\0'));
  EXPECT_FALSE(read(bytes).ok());
}

TEST_F(WavReaderTest, AMissingFileIsNamed) {
  const auto samples = read_wav(folder_ / "none.wav", kRateHz);
  ASSERT_FALSE(samples.ok());
  EXPECT_EQ(samples.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(samples.error().message, HasSubstr("none.wav"));
}

TEST_F(WavReaderTest, AFolderIsNoFile) { EXPECT_FALSE(read_wav(folder_.path(), kRateHz).ok()); }

}  // namespace
}  // namespace assay::datasets
