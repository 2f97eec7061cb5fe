#ifndef KINDRED_IO_RING_MEMTABLE_H_
#define KINDRED_IO_RING_MEMTABLE_H_

// RocksDB's table of what was written and not yet flushed, made for the column of records. There
// keys start with their position on the ring, [slot u16][place u32], and places are hashes: so the
// top bits of the first six bytes spread keys evenly over buckets whose order is the keys' own. A
// write finds its bucket with one step, as in a hash table, and yet a scan walks from bucket to
// bucket in key order, where RocksDB's own hash tables have to sort a copy of everything first.
//
// A bucket is a sorted list of a few entries. One that grows long (many keys under one hash tag, a
// key that is written over and over) gets the upper levels of a skip list on top.
//
// Threads: one writer (RocksDB's allow_concurrent_memtable_write must be off), any number of
// readers beside it without a lock. Nothing is ever removed; the whole table goes at once.

#include <rocksdb/memtablerep.h>

#include <memory>

namespace kindred {

std::shared_ptr<rocksdb::MemTableRepFactory> NewRingMemtableFactory();

}  // namespace kindred

#endif  // KINDRED_IO_RING_MEMTABLE_H_
