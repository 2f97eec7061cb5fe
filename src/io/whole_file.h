#ifndef KINDRED_IO_WHOLE_FILE_H_
#define KINDRED_IO_WHOLE_FILE_H_

// Small files that are read and replaced as a whole. Blocks on the disk. Any thread.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace kindred {

// The statuses say why in the system's words: "Permission denied". NotFound: there is no such file.
absl::StatusOr<std::string> ReadWholeFile(const std::string& path);

// After a crash at any moment the file holds the old text or the new one. It keeps its mode.
absl::Status ReplaceWholeFile(const std::string& path, const std::string& text);

}  // namespace kindred

#endif  // KINDRED_IO_WHOLE_FILE_H_
