#include "server/secrets.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/check.h"
#include "base/hex.h"

namespace kindred {

std::string PasswordDigest(std::string_view password) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  CHECK(EVP_Digest(password.data(), password.size(), digest, &size, EVP_sha256(), nullptr) == 1);
  return HexEncode({reinterpret_cast<const char*>(digest), size});
}

bool SameDigest(std::string_view a, std::string_view b) {
  return a.size() == kPasswordDigestChars && b.size() == kPasswordDigestChars &&
         CRYPTO_memcmp(a.data(), b.data(), kPasswordDigestChars) == 0;
}

std::string SecretRandomBytes(size_t size) {
  std::string bytes(size, '\0');
  // Fails only where the system has no source of randomness at all.
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size)) == 1);
  return bytes;
}

}  // namespace kindred
