// What a session's user may do, and who he is.
#include <utility>

#include "resp/errors.h"
#include "server/acl_check.h"
#include "server/server.h"
#include "server/session.h"

namespace kindred {

bool Session::IsDenied(const CommandRow& row, Args args, uint64_t now_ms) {
  if (user_.MayDoAnything()) return false;
  if (!user_.Refresh()) {
    closing_ = true;
    return true;
  }
  if (user_.login_needed() && (row.flags & kFlagNoAuth) == 0) {
    Reject(row, kNoAuth);
    return true;
  }
  const AclVerdict verdict = CheckAcl(user_.user(), row, args);
  if (verdict.denied == AclDenied::kNothing) return false;
  client_.command.store(&row, std::memory_order_relaxed);
  const bool is_key = verdict.denied == AclDenied::kKey;
  LogDenied(is_key ? AclReason::kKey : AclReason::kCommand,
            is_key ? args[verdict.argument] : row.name, user_.user().name, now_ms);
  Reject(row, DeniedText(verdict, user_.user(), row));
  return true;
}

bool Session::LogIn(std::string_view name, std::string_view password, std::string_view command,
                    uint64_t now_ms) {
  if (!user_.LogIn(name, password)) {
    LogDenied(AclReason::kAuth, command, name, now_ms);
    return false;
  }
  server_.clients().ChangeWords(client_, [name](ClientWords& words) { words.user = name; });
  return true;
}

void Session::LogDenied(AclReason reason, std::string_view object, std::string_view user,
                        uint64_t now_ms) {
  AclLogEntry denied;
  denied.reason = reason;
  denied.context = "toplevel";
  denied.object = object;
  denied.user = user;
  denied.client = server_.clients().Line(client_, now_ms);
  if (denied.client.ends_with('\n')) denied.client.pop_back();
  server_.acl().log().Add(std::move(denied), now_ms, server_.acl_log_entries_max());
}

}  // namespace kindred
