#pragma once

// The audio of a case of speech recognition: its utterances, and the noise that is mixed into them.

#include <string>
#include <vector>

#include <harness/base/result.h>
#include <suites/tasks/asr/asr_manifest.h>
#include <suites/tasks/asr/utterances.h>

namespace assay::suites {

/// Everything that a case hears, decoded.
struct SpeechSource {
  std::vector<float> audio;           ///< of all utterances, [-1, 1)
  std::vector<Utterance> utterances;  ///< at least one; within the audio
  std::vector<float> noise;           ///< as long as the longest utterance; or empty
  double snr_db = 0;
  std::string audio_sha256;  ///< of the file
  std::string noise_sha256;  ///< of the file; empty: no noise
  std::string input_sha256;  ///< of all that the inputs are made from

  /// Utterance `index` as it is heard. Its noise starts at sample (index * 7919) mod (noise -
  /// utterance + 1), scaled for the signal-to-noise ratio over the whole utterance; summed in
  /// double, not clipped. In a silent utterance there is none.
  std::vector<float> heard(std::size_t index) const;
};

/// Reads audio, utterances and noise. One recording ("wav") is one utterance of unknown text,
/// called `name`. Errors: of the readers; kCorrupt (audio of another SHA-256, an utterance beyond
/// its end), kUsage (noise that is shorter than an utterance, or silent where one is).
Result<SpeechSource> read_speech(const AsrCase& spec, const std::string& name,
                                 const AsrSuite& task);

/// Where the audio of a case with utterances is: what the list names, beside spec.utterances,
/// unless spec.wav says otherwise. The list is read from `list_file`, which may be a copy. Errors:
/// of the reader.
Result<std::filesystem::path> audio_path(const AsrCase& spec,
                                         const std::filesystem::path& list_file);

}  // namespace assay::suites
