#include "command/families.h"

namespace kindred {

std::vector<std::span<const CommandRow>> DataCommandFamilies() {
  return {StringCommands(), StringSetCommands(), StringRangeCommands(), CounterCommands(),
          BitmapCommands(), BitfieldCommands(),  BitopCommands(),       LcsCommands(),
          KeyCommands(),    ExpiryCommands(),    RenameCommands(),      DumpCommands(),
          ObjectCommands(), KeyspaceCommands(),  ExtensionCommands()};
}

}  // namespace kindred
