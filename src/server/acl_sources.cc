#include "server/acl_sources.h"

#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "fmt/format.h"
#include "server/acl_check.h"
#include "server/acl_rules.h"
#include "server/secrets.h"

namespace kindred {
namespace {

constexpr uint8_t kFormat = 1;
constexpr char kKey[] = "acl-sources";

// Of nothing it is empty.
std::string DigestOf(std::string_view text) { return text.empty() ? "" : PasswordDigest(text); }

Acl::Edit SettingPassword(const CommandTable& commands, std::string_view password) {
  return [&commands, password](AclUsers* users) -> std::optional<std::string> {
    AclUser user = users->default_user();
    CHECK(!ApplyAclRule(commands, "resetpass", &user));
    const std::string rule = password.empty() ? "nopass" : fmt::format(">{}", password);
    CHECK(!ApplyAclRule(commands, rule, &user));
    users->Put(std::move(user));
    return std::nullopt;
  };
}

Acl::Edit ReplacingBy(AclUsers read) {
  return [read = std::move(read)](AclUsers* users) -> std::optional<std::string> {
    *users = read;
    return std::nullopt;
  };
}

}  // namespace

AclSources::AclSources(Acl& acl, Store& store, Host& host, std::string path)
    : acl_(acl), store_(store), host_(host), path_(std::move(path)) {
  std::string bytes;
  if (store_.Load(Column::kMeta, kKey, &bytes) != Found::kFound) return;
  ByteReader in(bytes);
  const bool known = in.U8() == kFormat;
  Seen seen;
  seen.requirepass = in.Bytes();
  seen.file = in.Bytes();
  if (known && in.AtEnd()) seen_ = std::move(seen);
}

absl::StatusOr<std::string> AclSources::ReadFile() {
  auto text = host_.ReadFile(path_);
  if (text.ok()) return text;
  return absl::Status(text.status().code(),
                      fmt::format("Error loading ACLs, opening file '{}': {}", path_,
                                  std::string(text.status().message())));
}

void AclSources::Remember(const Seen& seen) {
  if (seen == seen_) return;
  seen_ = seen;
  std::string bytes;
  ByteWriter out(&bytes);
  out.U8(kFormat);
  out.Bytes(seen.requirepass);
  out.Bytes(seen.file);
  Batch batch;
  batch.Put(Column::kMeta, kKey, std::move(bytes));
  store_.Commit(std::move(batch));
}

bool AclSources::IsDefaultPassword(std::string_view password) {
  const Acl::Snapshot now = acl_.Now();
  const AclUser& user = now.users->default_user();
  return !user.nopass && HasPassword(user, password);
}

absl::StatusOr<std::string> AclSources::Settle(std::string_view requirepass, bool joined,
                                               uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  auto text = ReadFile();
  if (!text.ok() && !absl::IsNotFound(text.status())) return text.status();
  Seen seen;
  seen.requirepass = requirepass.empty() ? seen_.requirepass : DigestOf(requirepass);
  seen.file = text.ok() ? DigestOf(*text) : seen_.file;

  std::string note;
  const auto say = [&note](std::string sentence) {
    note += (note.empty() ? "" : "; ") + std::move(sentence);
  };
  if (joined) {
    if (!requirepass.empty() && !IsDefaultPassword(requirepass)) {
      say("requirepass is not the password of the cluster that this node has joined, whose users "
          "hold: change it with CONFIG SET");
    }
    if (text.ok()) {
      say(
          fmt::format("{} was not loaded, as the users of the cluster that this node has joined "
                      "hold",
                      path_));
    }
  } else {
    if (seen.requirepass != seen_.requirepass && !IsDefaultPassword(requirepass)) {
      acl_.Change(SettingPassword(acl_.commands(), requirepass), nullptr, now_ms);
      say("the default user's password is requirepass");
    }
    if (seen.file != seen_.file) {
      auto users = AclUsers::FromFile(acl_.commands(), *text, path_);
      if (!users.ok()) return users.status();
      if (auto error = acl_.Change(ReplacingBy(*std::move(users)), nullptr, now_ms).error) {
        return absl::InvalidArgumentError(*error);
      }
      say(fmt::format("the users of {} are those of the cluster", path_));
    }
  }
  Remember(seen);
  return note;
}

Acl::Changed AclSources::SetRequirepass(std::string_view password, uint64_t now_ms) {
  return acl_.Change(SettingPassword(acl_.commands(), password), nullptr, now_ms);
}

absl::Status AclSources::Save() {
  std::lock_guard lock(mutex_);
  const std::string text = acl_.Now().users->ToFile();
  if (absl::Status status = host_.ReplaceFile(path_, text); !status.ok()) return status;
  Remember({seen_.requirepass, DigestOf(text)});
  return absl::OkStatus();
}

Acl::Changed AclSources::Load(const Client* self, uint64_t now_ms) {
  std::lock_guard lock(mutex_);
  const auto text = ReadFile();
  if (!text.ok()) return {"ERR " + std::string(text.status().message()), 0};
  auto users = AclUsers::FromFile(acl_.commands(), *text, path_);
  if (!users.ok()) return {"ERR " + std::string(users.status().message()), 0};
  Acl::Changed changed = acl_.Change(ReplacingBy(*std::move(users)), self, now_ms);
  if (!changed.error) Remember({seen_.requirepass, DigestOf(*text)});
  return changed;
}

}  // namespace kindred
