#include "command/families.h"

namespace kindred {

std::vector<std::span<const CommandRow>> DataCommandFamilies() {
  return {StringCommands(), StringSetCommands(), CounterCommands(),  KeyCommands(),
          ExpiryCommands(), KeyspaceCommands(),  ExtensionCommands()};
}

}  // namespace kindred
