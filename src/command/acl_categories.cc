#include "command/acl_categories.h"

#include "command/handler_tools.h"
#include "command/row.h"

namespace kindred {
namespace {

constexpr AclCategoryName kNames[] = {
    {kAclKeyspace, "@keyspace"},
    {kAclRead, "@read"},
    {kAclWrite, "@write"},
    {0, "@set"},
    {0, "@sortedset"},
    {0, "@list"},
    {0, "@hash"},
    {kAclString, "@string"},
    {kAclBitmap, "@bitmap"},
    {0, "@hyperloglog"},
    {0, "@geo"},
    {0, "@stream"},
    {kAclPubsub, "@pubsub"},
    {kAclAdmin, "@admin"},
    {kAclFast, "@fast"},
    {kAclSlow, "@slow"},
    {kAclBlocking, "@blocking"},
    {kAclDangerous, "@dangerous"},
    {kAclConnection, "@connection"},
    {kAclTransaction, "@transaction"},
    {kAclScripting, "@scripting"},
};

}  // namespace

std::span<const AclCategoryName> AclCategoryNames() { return kNames; }

std::optional<uint32_t> AclCategoryByName(std::string_view name) {
  for (const AclCategoryName& category : kNames) {
    if (SameWord(name, category.name.substr(1))) return category.bit;
  }
  return std::nullopt;
}

}  // namespace kindred
