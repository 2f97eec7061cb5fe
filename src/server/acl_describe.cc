#include "server/acl_describe.h"

namespace kindred {
namespace {

void AddWord(std::string_view word, std::string* text) {
  if (!text->empty()) *text += ' ';
  *text += word;
}

std::string_view PermissionWord(uint8_t permissions) {
  return permissions == kMayRead ? "%R~" : permissions == kMayWrite ? "%W~" : "~";
}

std::string DescribeSelector(const AclSelector& selector) {
  std::string text;
  if (std::string keys = DescribeKeys(selector); !keys.empty()) AddWord(keys, &text);
  if (!selector.all_channels) AddWord("resetchannels", &text);
  if (std::string channels = DescribeChannels(selector); !channels.empty()) {
    AddWord(channels, &text);
  }
  AddWord(DescribeCommands(selector), &text);
  return text;
}

}  // namespace

std::vector<std::string_view> FlagsOf(const AclUser& user) {
  std::vector<std::string_view> flags = {user.on ? "on" : "off"};
  if (user.nopass) flags.push_back("nopass");
  flags.push_back(user.sanitize_payload ? "sanitize-payload" : "skip-sanitize-payload");
  return flags;
}

std::string DescribeCommands(const AclSelector& selector) {
  std::string text = selector.begins_with_all ? "+@all" : "-@all";
  for (const std::string& rule : selector.command_rules) AddWord(rule, &text);
  return text;
}

std::string DescribeKeys(const AclSelector& selector) {
  if (selector.all_keys) return "~*";
  std::string text;
  for (const AclKeyPattern& key : selector.keys) {
    AddWord(std::string(PermissionWord(key.permissions)) + key.pattern, &text);
  }
  return text;
}

std::string DescribeChannels(const AclSelector& selector) {
  if (selector.all_channels) return "&*";
  std::string text;
  for (const std::string& channel : selector.channels) AddWord("&" + channel, &text);
  return text;
}

std::string DescribeUser(const AclUser& user, SelectorStyle style) {
  std::string text;
  for (std::string_view flag : FlagsOf(user)) AddWord(flag, &text);
  for (const std::string& password : user.passwords) AddWord("#" + password, &text);
  AddWord(DescribeSelector(user.root()), &text);
  for (size_t i = 1; i < user.selectors.size(); ++i) {
    const std::string selector = DescribeSelector(user.selectors[i]);
    const bool apart = style == SelectorStyle::kApart;
    AddWord(apart ? "( " + selector + " )" : "(" + selector + ")", &text);
  }
  return text;
}

}  // namespace kindred
