#include "io/rocks_options.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <algorithm>
#include <memory>

#include "io/log_file_system.h"
#include "io/ring_memtable.h"
#include "io/rocks_log.h"

namespace kindred {

namespace {

constexpr size_t kSmallMemtableBytes = 16u << 20;  // of the columns other than the records
constexpr int kFilterBitsPerKey = 10;              // one false alarm in a hundred look-ups

bool Supports(rocksdb::CompressionType type) {
  std::vector<rocksdb::CompressionType> known = rocksdb::GetSupportedCompressions();
  return std::find(known.begin(), known.end(), type) != known.end();
}

rocksdb::CompressionType FastCompression() {
  return Supports(rocksdb::kLZ4Compression) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

rocksdb::CompressionType DenseCompression() {
  return Supports(rocksdb::kZSTD) ? rocksdb::kZSTD : FastCompression();
}

std::shared_ptr<rocksdb::TableFactory> MakeTableFactory(
    const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  table.whole_key_filtering = true;
  table.optimize_filters_for_memory = true;
  // Filters and indexes count against the cache's budget, in pieces so that the cold ones can go;
  // those of the newest files stay, as every look-up asks them first.
  table.partition_filters = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.pin_top_level_index_and_filter = true;
  table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  table.format_version = 5;
  return std::shared_ptr<rocksdb::TableFactory>(rocksdb::NewBlockBasedTableFactory(table));
}

rocksdb::ColumnFamilyOptions MakeColumnOptions(const std::shared_ptr<rocksdb::Cache>& cache,
                                               const std::shared_ptr<BackgroundPace>& pace) {
  rocksdb::ColumnFamilyOptions options;
  options.compaction_filter_factory = pace;
  options.table_factory = MakeTableFactory(cache);
  options.compaction_style = rocksdb::kCompactionStyleLevel;
  options.level_compaction_dynamic_level_bytes = true;
  options.compression = FastCompression();
  options.bottommost_compression = DenseCompression();
  options.write_buffer_size = kSmallMemtableBytes;
  return options;
}

rocksdb::ColumnFamilyOptions MakeRecordsOptions(const RocksSettings& settings,
                                                const std::shared_ptr<rocksdb::Cache>& cache,
                                                const std::shared_ptr<BackgroundPace>& pace) {
  rocksdb::ColumnFamilyOptions options = MakeColumnOptions(cache, pace);
  options.memtable_factory = NewRingMemtableFactory();
  options.write_buffer_size = settings.memtable_bytes;
  // Writes go on while one table is flushed and another waits for it.
  options.max_write_buffer_number = 4;
  options.enable_blob_files = true;
  options.min_blob_size = settings.blob_bytes_min;
  options.blob_compression_type = FastCompression();
  options.blob_cache = cache;
  options.enable_blob_garbage_collection = true;
  return options;
}

// The write-ahead log. A node has told others about a group as soon as its sync has returned, so
// two things must hold after a power loss: the group is read back, and the torn remains of a later
// write do not keep the node from starting.
//
// kPointInTimeRecovery replays up to the first record that is not whole. One sync covers all the
// bytes before it, of older logs too, so that record lies behind everything that was announced.
// (kTolerateCorruptedTailRecords accepts only a record that is cut off; pages of a torn write may
// reach the disk in any order and leave a wrong checksum, which it refuses. kAbsoluteConsistency
// refuses both.) RocksDB 7.8 turns recycle_log_file_num off under all three, since an old record in
// a recycled file could be taken for a new one; we leave it at 0 to say so. What a recycled file
// would spare a sync the zeros do that a log is filled with ahead (io/log_file_system.h). Where no
// group is synced they would only cost, and after a power loss could hide that one is missing.
void SetUpLog(const RocksSettings& settings, rocksdb::DBOptions* options) {
  options->wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options->recycle_log_file_num = 0;
  if (settings.fsync == AppendFsync::kAlways) options->env = LogAheadEnv();
  options->wal_bytes_per_sync = 0;
  options->use_fsync = false;
  // A group is in the operating system's hands when its write returns, also where it is not
  // synced: killing the process alone never loses it.
  options->manual_wal_flush = false;
  // A column that is seldom flushed must not keep old logs for ever: they are read at each start.
  options->max_total_wal_size = 4 * settings.memtable_bytes;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksSettings& settings) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  SetUpLog(settings, &options);

  // There is one writer, the commit thread, and the ring memtable wants no other.
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;

  options.max_background_jobs = settings.background_jobs;
  // When flushes or compactions fall behind, writers are slowed down to this, not stopped dead.
  options.delayed_write_rate = 64u << 20;
  // Large files reach the disk bit by bit, not in one go that the log's next sync would wait for.
  options.bytes_per_sync = 1u << 20;
  options.avoid_unnecessary_blocking_io = true;

  options.info_log = NewRocksLog();
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeColumnFamilies(
    const RocksSettings& settings, const std::shared_ptr<BackgroundPace>& pace) {
  std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(settings.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kColumns; ++i) {
    bool records = static_cast<Column>(i) == Column::kRecords;
    families.emplace_back(kColumnNames[i], records ? MakeRecordsOptions(settings, cache, pace)
                                                   : MakeColumnOptions(cache, pace));
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, MakeColumnOptions(cache, pace));
  return families;
}

}  // namespace kindred
