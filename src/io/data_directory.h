#ifndef KINDRED_IO_DATA_DIRECTORY_H_
#define KINDRED_IO_DATA_DIRECTORY_H_

// Opens the RocksDB database in a node's data directory, or says in one sentence why not and what
// to do. What it opens is Kindred's, in a format that this version knows, and locked against other
// processes: a directory with anything else in it is left as it is.
//
// In the column `meta` the entry "format" holds one byte, the format's number. It is written last
// when a directory is set up, so without it a database is foreign, unless it is empty: then its
// creation was cut short, and goes on.

#include <rocksdb/db.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "io/background_pace.h"
#include "io/rocks_options.h"

namespace kindred {

struct OpenDatabase {
  std::unique_ptr<rocksdb::DB> db;
  // In the order of MakeColumnFamilies. They are given back before `db` goes.
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  std::shared_ptr<BackgroundPace> pace;  // watches `db`, and is told before it is closed
};

// What is free on the directory's disk for those who are not root.
uint64_t FreeDiskBytes(const std::string& dir);

absl::StatusOr<OpenDatabase> OpenDataDirectory(const std::string& dir,
                                               const RocksSettings& settings);

}  // namespace kindred

#endif  // KINDRED_IO_DATA_DIRECTORY_H_
