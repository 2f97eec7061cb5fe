#ifndef KINDRED_SERVER_ACL_FILE_H_
#define KINDRED_SERVER_ACL_FILE_H_

// The ACL file on the disk. These block for as long as the disk takes: they are for the start, and
// for an administrator's ACL SAVE and ACL LOAD.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kindred {

// NotFound, or another error, in Redis's words.
absl::StatusOr<std::string> ReadAclFile(const std::string& path);

// In one step and durably: whenever the process or the machine dies, the file is the old one or the
// new one. Only its owner can read it.
absl::Status WriteAclFile(const std::string& path, std::string_view text);

}  // namespace kindred

#endif  // KINDRED_SERVER_ACL_FILE_H_
