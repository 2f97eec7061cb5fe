// Runs seeds of the simulator: `kindred_sim --seed 42` replays one with its trace, `kindred_sim
// --seeds 2000 --twice` runs the first two thousand, each twice, and compares the hashes of their
// traces.
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "tests/sim/run.h"
#include "tests/sim/variants.h"

int main(int argc, char** argv) {
  uint64_t seed = 0, seeds = 0, from = 1;
  bool twice = false;
  CLI::App app("Kindred's simulator");
  auto* one = app.add_option("--seed", seed, "replay this seed and print what happens");
  app.add_option("--seeds", seeds, "run that many seeds");
  app.add_option("--from", from, "the first of them")->capture_default_str();
  std::vector<uint64_t> also;
  app.add_option("--also", also, "and these: seeds that have found something once");
  app.add_flag("--twice", twice, "run each seed twice: both must be the same to the byte");
  std::string left_out;
  app.add_option("--leave-out", left_out, "a rule that the nodes do not keep (variants.h)");
  kindred::WorldOptions options;
  app.add_flag("--duels", options.duels, "three nodes of which each runs what it is asked");
  app.add_flag("--groups", options.groups, "clients mostly run groups of commands");
  app.add_flag("--pipelines", options.pipelines, "clients mostly send INCRs without waiting");
  app.add_flag("--readers", options.readers, "clients mostly read, and often");
  CLI11_PARSE(app, argc, argv);

  if (!left_out.empty() && !kindred::LeaveOut(left_out, &options)) {
    std::fprintf(stderr, "there is no rule %s\n", left_out.c_str());
    return 2;
  }
  if (one->count() > 0) {
    options.trace = true;
    const kindred::RunResult result = kindred::RunSeed(seed, options);
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed),
                result.violation.empty() ? "passed" : result.violation.c_str());
    return result.violation.empty() ? 0 : 1;
  }
  uint64_t failed = 0, answered = 0, writes = 0, undecided = 0;
  for (uint64_t s = from; s < from + seeds; ++s) also.push_back(s);
  for (uint64_t s : also) {
    kindred::RunResult result = kindred::RunSeed(s, options);
    if (twice && result.violation.empty() &&
        kindred::RunSeed(s, options).trace_hash != result.trace_hash) {
      result.violation = "its second run was another";
    }
    answered += result.answered;
    writes += result.writes;
    undecided += result.undecided;
    if (result.violation.empty()) continue;
    ++failed;
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(s), result.violation.c_str());
    std::fflush(stdout);
  }
  std::printf("%llu requests answered, %llu writes acknowledged, %llu histories undecided\n",
              static_cast<unsigned long long>(answered), static_cast<unsigned long long>(writes),
              static_cast<unsigned long long>(undecided));
  std::printf("%llu passed, %llu failed\n", static_cast<unsigned long long>(also.size() - failed),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
