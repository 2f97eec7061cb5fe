#include "server/login.h"

#include <string>

#include "base/number.h"
#include "command/handler_tools.h"
#include "resp/errors.h"
#include "server/client_words.h"
#include "server/session_errors.h"

namespace kindred {

std::optional<Login> ParseAuth(Args args, Acl& acl, ReplyWriter& reply) {
  if (args.size() > 3) {
    reply.Error(kSyntax);
    return std::nullopt;
  }
  if (args.size() == 3) return Login{args[1], args[2]};
  if (acl.Now().users->default_user().nopass) {
    reply.Error(kNoPasswordSet);
    return std::nullopt;
  }
  return Login{kDefaultUser, args[1]};
}

bool ParseHello(Args args, HelloOptions* options, ReplyWriter& reply) {
  auto refuse = [&reply](std::string_view error) {
    reply.Error(error);
    return false;
  };
  if (args.size() < 2) return true;
  std::optional<int64_t> version = ParseInt64(args[1]);
  if (!version) return refuse(kProtocolVersionNotInteger);
  if (*version != 2 && *version != 3) return refuse(kNoProto);
  options->protocol = static_cast<int>(*version);
  for (size_t i = 2; i < args.size(); ++i) {
    size_t more = args.size() - 1 - i;
    if (SameWord(args[i], "auth") && more >= 2) {
      options->login = Login{args[i + 1], args[i + 2]};
      i += 2;
    } else if (SameWord(args[i], "setname") && more >= 1) {
      options->name = args[i + 1];
      if (!IsClientWord(*options->name)) return refuse(kInvalidClientName);
      i += 1;
    } else {
      return refuse(HelloOption(args[i]));
    }
  }
  return true;
}

std::optional<Login> LoginOf(const CommandRow& row, Args args, Acl& acl) {
  std::string ignored;
  ReplyWriter reply(&ignored, 2);
  if (row.name == "auth") return ParseAuth(args, acl, reply);
  HelloOptions options;
  if (row.name != "hello" || !ParseHello(args, &options, reply)) return std::nullopt;
  return options.login;
}

}  // namespace kindred
