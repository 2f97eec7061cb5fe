#ifndef KINDRED_SERVER_SECRETS_H_
#define KINDRED_SERVER_SECRETS_H_

// What is asked of OpenSSL's libcrypto for users and their passwords: digests, comparing them, and
// random bytes that nobody can guess. Any thread.

#include <cstddef>
#include <string>
#include <string_view>

namespace kindred {

inline constexpr size_t kPasswordDigestChars = 64;

// SHA-256, in lower-case hexadecimal: how passwords are kept.
std::string PasswordDigest(std::string_view password);

// Takes the same time wherever the difference is. Both of kPasswordDigestChars, or it is false.
bool SameDigest(std::string_view a, std::string_view b);

std::string SecretRandomBytes(size_t size);

}  // namespace kindred

#endif  // KINDRED_SERVER_SECRETS_H_
