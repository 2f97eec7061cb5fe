#ifndef KINDRED_IO_HMAC_H_
#define KINDRED_IO_HMAC_H_

// The proofs of the handshake of links, from OpenSSL's libcrypto. Any thread.

#include <string>
#include <string_view>

namespace kindred {

// HMAC-SHA256: 32 bytes.
std::string HmacSha256(std::string_view key, std::string_view text);

}  // namespace kindred

#endif  // KINDRED_IO_HMAC_H_
