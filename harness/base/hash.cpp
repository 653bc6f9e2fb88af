// SHA256_* and not EVP_*, which links OpenSSL's whole registry of algorithms into the program: 2 MB
// of code and 330 kB of tables that the loader relocates in every worker.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include <fmt/ranges.h>
#include <openssl/sha.h>

#include <harness/base/hash.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace assay {
namespace {

class Sha256 {
 public:
  Sha256() { SHA256_Init(&context_); }

  void update(const void* data, std::size_t size) { SHA256_Update(&context_, data, size); }

  std::string finish_hex() {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_Final(digest.data(), &context_);
    return fmt::format("{:02x}", fmt::join(digest, ""));
  }

 private:
  SHA256_CTX context_{};
};

}  // namespace

std::string sha256_hex(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes.data(), bytes.size());
  return hash.finish_hex();
}

Result<std::string> sha256_file(const std::filesystem::path& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                             &std::fclose);
  if (!file) {
    return make_error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
                      "cannot read '{}': {}", path.string(), std::strerror(errno));
  }
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    hash.update(buffer.data(), count);
  }
  if (std::ferror(file.get()) != 0) {
    return make_error(ErrorCode::kIo, "reading '{}' failed: {}", path.string(),
                      std::strerror(errno));
  }
  return hash.finish_hex();
}

std::uint64_t fast_hash(std::span<const std::byte> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

}  // namespace assay
