#ifndef KINDRED_BASE_BASE64URL_H_
#define KINDRED_BASE_BASE64URL_H_

// Base64 with the URL-safe alphabet (RFC 4648 section 5) and without padding: how binary tokens
// are shown to clients. Pure functions.

#include <optional>
#include <string>
#include <string_view>

namespace kindred {

std::string Base64UrlEncode(std::string_view bytes);

// nullopt for anything that Base64UrlEncode would not have returned: foreign characters, padding,
// an impossible length, stray bits at the end.
std::optional<std::string> Base64UrlDecode(std::string_view text);

}  // namespace kindred

#endif  // KINDRED_BASE_BASE64URL_H_
