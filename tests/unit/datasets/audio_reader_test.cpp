#include <fstream>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>

#include <datasets/audio_reader.h>
#include <harness/base/file.h>
#include <tests/fakes/temporary_folder.h>

namespace assay::datasets {
namespace {

using testing::HasSubstr;

constexpr int kFlacRateHz = 16000;
constexpr int kFlac = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;

class AudioReaderTest : public testing::Test {
 protected:
  AudioReaderTest() {
    // Not compressible, so that the file has frames of thousands of bytes.
    std::mt19937 generator(1);
    for (int i = 0; i < 20'000; ++i) {
      pcm_.push_back(static_cast<short>(generator() % 20'000));
    }
  }

  std::string make(int format, int rate_hz = kFlacRateHz, int channels = 1) {
    SF_INFO info = {};
    info.samplerate = rate_hz;
    info.channels = channels;
    info.format = format;
    const auto path = folder_ / "made";
    SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
    EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
    sf_write_short(file, pcm_.data(), static_cast<sf_count_t>(pcm_.size()));
    sf_close(file);
    return read_text_file(path).value();
  }

  static std::string error_of(const std::string& bytes) {
    auto samples = decode_audio(std::as_bytes(std::span(bytes)), "clip", kFlacRateHz);
    return samples.ok() ? "no error" : samples.error().message;
  }

  std::vector<short> pcm_;
  fakes::TemporaryFolder folder_;
};

TEST_F(AudioReaderTest, FlacAndWavGiveTheSameSamplesWhateverTheirName) {
  for (const int format : {kFlac, SF_FORMAT_WAV | SF_FORMAT_PCM_16}) {
    std::ofstream(folder_ / "clip.dat", std::ios::binary) << make(format);
    const auto samples = read_audio(folder_ / "clip.dat", kFlacRateHz);
    ASSERT_TRUE(samples.ok()) << samples.error().message;
    ASSERT_EQ(samples->size(), pcm_.size());
    for (std::size_t i = 0; i < pcm_.size(); ++i) {
      ASSERT_EQ((*samples)[i], static_cast<float>(pcm_[i]) / 32768) << i;
    }
  }
}

TEST_F(AudioReaderTest, AFlacOfAnotherRateOrMoreChannelsOrBitsIsRefusedWithTheCommandThatConverts) {
  EXPECT_THAT(error_of(make(kFlac, 44100)), HasSubstr("'clip' is 44100 Hz, mono"));
  EXPECT_THAT(error_of(make(kFlac, 44100)), HasSubstr("ffmpeg -i 'clip' -ar 16000"));
  EXPECT_THAT(error_of(make(kFlac, kFlacRateHz, 2)), HasSubstr("stereo"));
  EXPECT_THAT(error_of(make(SF_FORMAT_FLAC | SF_FORMAT_PCM_24)), HasSubstr("24 bit"));
}

TEST_F(AudioReaderTest, ATruncatedFlacIsRefusedWhereverItIsCut) {
  const std::string whole = make(kFlac);
  for (const std::size_t size : {whole.size() - 1, whole.size() / 2, std::size_t{60},
                                 std::size_t{30}, std::size_t{5}, std::size_t{4}}) {
    EXPECT_THAT(error_of(whole.substr(0, size)), HasSubstr("'clip'")) << size;
  }
}

TEST_F(AudioReaderTest, ADamagedFlacIsRefused) {
  std::string bytes = make(kFlac);
  bytes[bytes.size() / 2] ^= 0x10;
  EXPECT_THAT(error_of(bytes), HasSubstr("'clip' is damaged"));
}

TEST_F(AudioReaderTest, AFlacThatClaimsHoursOfSamplesIsRefusedBeforeTheyAreAskedFor) {
  std::string bytes = make(kFlac);
  // STREAMINFO: 36 bits of total samples from the low half of byte 21 on.
  bytes[21] = static_cast<char>(bytes[21] | 0x0f);
  EXPECT_THAT(error_of(bytes), HasSubstr("at most"));
}

TEST_F(AudioReaderTest, WhatIsNoAudioIsSaidSo) {
  EXPECT_THAT(error_of("{\"version\": 1}"), HasSubstr("neither a WAV nor a FLAC file"));
  EXPECT_THAT(error_of(""), HasSubstr("'clip' is empty"));
  EXPECT_THAT(error_of("fLa"), HasSubstr("is not a WAV file"));
}

TEST_F(AudioReaderTest, AMissingFileIsNotFound) {
  EXPECT_EQ(read_audio(folder_ / "none", kFlacRateHz).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace assay::datasets
