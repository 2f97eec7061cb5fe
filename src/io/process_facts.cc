#include "io/process_facts.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>

#include "fmt/format.h"

// jemalloc's own functions. It replaces the system's allocator when the executable is linked with
// it; under a sanitizer, and in unit tests, it is not there.
extern "C" {
int mallctl(const char* name, void* old, size_t* old_size, void* fresh, size_t fresh_size)
    __attribute__((weak));
void malloc_stats_print(void (*write)(void* context, const char* text), void* context,
                        const char* options) __attribute__((weak));
// Those of a sanitizer, which brings an allocator of its own.
size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));
size_t __sanitizer_get_heap_size() __attribute__((weak));
}

namespace kindred {
namespace {

bool HasJemalloc() { return mallctl != nullptr; }

uint64_t AllocatorNumber(const char* name) {
  size_t number = 0;
  size_t size = sizeof(number);
  return mallctl(name, &number, &size, nullptr, 0) == 0 ? number : 0;
}

// "jemalloc-5.3.0", from "5.3.0-0-g54eaed1d8b56b1aa528be3bdd1877e59c56fa90c"
std::string AllocatorName() {
  const char* version = "";
  size_t size = sizeof(version);
  mallctl("version", &version, &size, nullptr, 0);
  const std::string text = version;
  return "jemalloc-" + text.substr(0, text.find('-'));
}

void MeasureAllocator(ProcessFacts* facts) {
  if (HasJemalloc()) {
    uint64_t epoch = 1;  // The figures are those of the last time that it was raised.
    mallctl("epoch", nullptr, nullptr, &epoch, sizeof(epoch));
    facts->used_memory_bytes = AllocatorNumber("stats.allocated");
    facts->active_bytes = AllocatorNumber("stats.active");
    facts->resident_bytes = AllocatorNumber("stats.resident");
    facts->allocator = AllocatorName();
  } else if (__sanitizer_get_current_allocated_bytes != nullptr) {
    facts->used_memory_bytes = __sanitizer_get_current_allocated_bytes();
    facts->active_bytes = facts->resident_bytes = __sanitizer_get_heap_size();
    facts->allocator = "sanitizer";
  } else {
    const struct mallinfo2 info = mallinfo2();
    facts->used_memory_bytes = info.uordblks + info.hblkhd;
    facts->active_bytes = facts->resident_bytes = info.arena + info.hblkhd;
    facts->allocator = "libc";
  }
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessFacts MeasureProcess() {
  ProcessFacts facts;
  MeasureAllocator(&facts);
  const auto page_bytes = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  uint64_t all_pages = 0;
  uint64_t resident_pages = 0;
  std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
  facts.rss_bytes = resident_pages * page_bytes;
  facts.system_memory_bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * page_bytes;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  facts.cpu_system_s = Seconds(usage.ru_stime);
  facts.cpu_user_s = Seconds(usage.ru_utime);
  getrusage(RUSAGE_THREAD, &usage);
  facts.cpu_system_main_s = Seconds(usage.ru_stime);
  facts.cpu_user_main_s = Seconds(usage.ru_utime);
  return facts;
}

std::string AllocatorReport() {
  std::string report;
  if (HasJemalloc()) {
    malloc_stats_print(
        [](void* context, const char* text) { *static_cast<std::string*>(context) += text; },
        &report, nullptr);
    return report;
  }
  return "Stats not supported for the current allocator";
}

void ReleaseMemory() {
  if (HasJemalloc()) {
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);  // 4096 stands for all of them.
  } else {
    malloc_trim(0);
  }
}

void ReleaseMemoryInBackground() {
  // jemalloc by itself looks at what is to be released only when its arena is used again: what a
  // burst has taken would stay while the threads that freed it are idle.
  bool on = true;
  if (HasJemalloc()) mallctl("background_thread", nullptr, nullptr, &on, sizeof(on));
}

std::string SystemName() {
  utsname name{};
  uname(&name);
  return fmt::format("{} {} {}", name.sysname, name.release, name.machine);
}

std::string ExecutablePath() {
  char path[4096];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof(path));
  return size > 0 ? std::string(path, static_cast<size_t>(size)) : std::string();
}

uint64_t RaiseOpenFilesLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace kindred
