#include "server/help.h"

#include "absl/strings/ascii.h"
#include "fmt/format.h"

namespace kindred {

void WriteHelp(std::string_view command, std::span<const std::string_view> lines,
               ReplyWriter& reply) {
  reply.Array(lines.size() + 3);
  reply.Simple(fmt::format("{} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                           absl::AsciiStrToUpper({command.data(), command.size()})));
  for (std::string_view line : lines) reply.Simple(line);
  reply.Simple("HELP");
  reply.Simple("    Prints this help.");
}

}  // namespace kindred
