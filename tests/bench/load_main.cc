// `kindred_load --command set-wait --seconds 5 7001=key: 7002=key:` runs the load generator
// (load_generator.h) and prints what it has measured as one line of JSON. compare.py reads that.
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "tests/bench/load_generator.h"

namespace {

void Print(const kindred::LoadPlan& plan, const kindred::LoadResult& result) {
  const double commands = static_cast<double>(result.latencies.count());
  const auto percentile_ms = [&](double share) {
    return static_cast<double>(result.latencies.PercentileUs(share)) / 1000;
  };
  std::printf(
      "{\"operations\": %.0f, \"seconds\": %.3f, \"rate\": %.1f, \"asked_rate\": %.1f, "
      "\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"errors\": %llu, \"misses\": %llu, "
      "\"unreplicated\": %llu}\n",
      commands, result.seconds, result.seconds > 0 ? commands / result.seconds : 0, plan.rate,
      percentile_ms(0.5), percentile_ms(0.99),
      static_cast<double>(result.latencies.max_us()) / 1000,
      static_cast<unsigned long long>(result.faults.errors),
      static_cast<unsigned long long>(result.faults.misses),
      static_cast<unsigned long long>(result.faults.unreplicated));
}

}  // namespace

int main(int argc, char** argv) {
  kindred::LoadPlan plan;
  std::vector<std::string> targets;
  CLI::App app("A load at a given rate, and SET with WAIT 1 after it");
  app.add_option("targets", targets, "PORT, or PORT=PREFIX of its keys; connections take turns")
      ->required();
  const std::map<std::string, kindred::LoadCommand> commands = {
      {"get", kindred::LoadCommand::kGet},
      {"set", kindred::LoadCommand::kSet},
      {"set-wait", kindred::LoadCommand::kSetWait}};
  app.add_option("--command", plan.batch.command, "get, set, or set-wait: WAIT 1 after each SET")
      ->transform(CLI::CheckedTransformer(commands));
  app.add_option("--connections", plan.connections, "in all")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--pipeline", plan.batch.pipeline, "commands that travel together")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--value-bytes", plan.batch.value_bytes, "of each SET")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--keys", plan.keys, "of each prefix")
      ->check(CLI::Range(uint64_t{1}, uint64_t{999'999'999'999}))
      ->capture_default_str();
  app.add_option("--seconds", plan.seconds, "how long to send")->capture_default_str();
  app.add_option("--rate", plan.rate, "commands a second in all; 0: as fast as it goes")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app.add_flag("--fill", plan.fill, "each key once instead");
  CLI11_PARSE(app, argc, argv);

  try {
    for (const std::string& target : targets) {
      const size_t equals = target.find('=');
      plan.targets.push_back({std::stoi(target.substr(0, equals)),
                              equals == std::string::npos ? "key:" : target.substr(equals + 1)});
    }
    const kindred::LoadResult result = kindred::RunLoad(plan);
    Print(plan, result);
    if (result.faults.errors == 0) return 0;
    std::fprintf(stderr, "error replies; the first: %s\n", result.faults.first_error.c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "error: %s\n", error.what());
  }
  return 1;
}
