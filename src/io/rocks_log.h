#ifndef KINDRED_IO_ROCKS_LOG_H_
#define KINDRED_IO_ROCKS_LOG_H_

// RocksDB's warnings and errors, as lines of the server's log. RocksDB's own log file is not used:
// it lies on the disk whose troubles it is to tell, and Debian's build aborts the process at the
// second line that a full disk does not take.
//
// Threads: any.

#include <rocksdb/env.h>

#include <memory>

namespace kindred {

std::shared_ptr<rocksdb::Logger> NewRocksLog();

}  // namespace kindred

#endif  // KINDRED_IO_ROCKS_LOG_H_
