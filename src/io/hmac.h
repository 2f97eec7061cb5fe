#ifndef KINDRED_IO_HMAC_H_
#define KINDRED_IO_HMAC_H_

// The two things that Kindred takes from OpenSSL's libcrypto: proofs for the handshake of links,
// and random bytes that nobody can guess. Any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace kindred {

// HMAC-SHA256: 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view text);

std::string SecretRandomBytes(size_t size);

}  // namespace kindred

#endif  // KINDRED_IO_HMAC_H_
