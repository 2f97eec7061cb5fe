// What a session's user may do, and who he is.
#include <optional>
#include <utility>

#include "resp/errors.h"
#include "server/acl_check.h"
#include "server/login.h"
#include "server/server.h"
#include "server/session.h"
#include "server/transaction.h"

namespace kindred {

bool Session::IsDenied(const CommandRow& row, Args args, uint64_t now_ms) {
  if (user_.MayDoAnything()) return false;
  if (!user_.Refresh()) {
    closing_ = true;
    return true;
  }
  if (user_.login_needed() && (row.flags & kFlagNoAuth) == 0) {
    Reject(row, args, kNoAuth);
    return true;
  }
  const AclVerdict verdict = CheckAcl(user_.user(), row, args);
  if (verdict.denied == AclDenied::kNothing) return false;
  client_.command.store(&row, std::memory_order_relaxed);
  LogDenied(Denial(verdict, user_.user(), row, args, now_ms), now_ms);
  Reject(row, args, DeniedText(verdict, user_.user(), row));
  return true;
}

bool Session::IsDeniedAtExec(SessionUser& user, size_t index, uint64_t now_ms) {
  if (user.MayDoAnything()) return false;
  Transaction::Queued& queued = transaction_->queue[index];
  std::optional<AclVerdict> verdict;  // None: the user is gone, and with him soon the connection.
  if (user.Refresh()) {
    verdict = CheckAcl(user.user(), *queued.called, queued.args.args());
    if (verdict->denied == AclDenied::kNothing) return false;
    transaction_->denials.push_back(
        Denial(*verdict, user.user(), *queued.called, queued.args.args(), now_ms));
  }
  queued.denied = true;
  queued.reply.clear();
  ReplyWriter(&queued.reply, protocol_).Error(DeniedAtExecText(verdict));
  return true;
}

// A group runs before what the session answers. So who each of its commands belongs to has to be
// known beforehand, which depends on nothing but names and passwords; and whether a SELECT is
// denied, as what follows it then stays where it is.
void Session::CheckGroups(uint64_t now_ms) {
  SessionUser user = user_;
  for (size_t i = 0; i < transaction_->queue.size(); ++i) {
    const Transaction::Queued& queued = transaction_->queue[i];
    if (IsDeniedAtExec(user, i, now_ms)) continue;
    const std::optional<Login> login = LoginOf(*queued.row, queued.args.args(), server_.acl());
    if (login) user.LogIn(login->user, login->password);
  }
}

bool Session::LogIn(std::string_view name, std::string_view password, std::string_view command,
                    uint64_t now_ms) {
  if (!user_.LogIn(name, password)) {
    LogDenied(Denial(AclReason::kAuth, command, name, now_ms), now_ms);
    return false;
  }
  server_.clients().ChangeWords(client_, [name](ClientWords& words) { words.user = name; });
  return true;
}

AclLogEntry Session::Denial(const AclVerdict& verdict, const AclUser& user, const CommandRow& row,
                            Args args, uint64_t now_ms) const {
  const bool is_key = verdict.denied == AclDenied::kKey;
  return Denial(is_key ? AclReason::kKey : AclReason::kCommand,
                is_key ? args[verdict.argument] : row.name, user.name, now_ms);
}

AclLogEntry Session::Denial(AclReason reason, std::string_view object, std::string_view user,
                            uint64_t now_ms) const {
  AclLogEntry denied;
  denied.reason = reason;
  denied.context = in_transaction() ? "multi" : "toplevel";
  denied.object = object;
  denied.user = user;
  denied.client = server_.clients().Line(client_, now_ms);
  if (denied.client.ends_with('\n')) denied.client.pop_back();
  return denied;
}

void Session::LogDenied(AclLogEntry denial, uint64_t now_ms) {
  server_.acl().log().Add(std::move(denial), now_ms, server_.acl_log_entries_max());
}

void Session::LogDenials(uint64_t now_ms) {
  for (AclLogEntry& denial : transaction_->denials) LogDenied(std::move(denial), now_ms);
  transaction_->denials.clear();
}

}  // namespace kindred
