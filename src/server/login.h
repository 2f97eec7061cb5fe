#ifndef KINDRED_SERVER_LOGIN_H_
#define KINDRED_SERVER_LOGIN_H_

// The arguments of AUTH and HELLO: who wants to log in, and what else HELLO says.
//
// Functions for any thread. What they return views the arguments.

#include <optional>
#include <string_view>

#include "command/row.h"
#include "server/acl.h"

namespace kindred {

struct Login {
  std::string_view user;
  std::string_view password;
};

struct HelloOptions {
  int protocol = 0;  // 0: none named.
  std::optional<Login> login;
  std::optional<std::string_view> name;
};

// Nothing, and an error is written, if the arguments are not AUTH's, or name no user while the
// default user has no password.
std::optional<Login> ParseAuth(Args args, Acl& acl, ReplyWriter& reply);

// False, and an error is written, if the arguments are not HELLO's.
bool ParseHello(Args args, HelloOptions* options, ReplyWriter& reply);

// With whom the command would log in, if it is AUTH or HELLO and its arguments are right.
std::optional<Login> LoginOf(const CommandRow& row, Args args, Acl& acl);

}  // namespace kindred

#endif  // KINDRED_SERVER_LOGIN_H_
