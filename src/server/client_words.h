#ifndef KINDRED_SERVER_CLIENT_WORDS_H_
#define KINDRED_SERVER_CLIENT_WORDS_H_

// What HELLO and CLIENT share about names. Any thread.

#include <string_view>

namespace kindred {

class Session;

// A name has printable bytes only, and no spaces, so that the lines of CLIENT LIST can be split.
bool IsClientWord(std::string_view word);

// Empty: none. REQUIRES: IsClientWord(name)
void SetClientName(Session& session, std::string_view name);

}  // namespace kindred

#endif  // KINDRED_SERVER_CLIENT_WORDS_H_
