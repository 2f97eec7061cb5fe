// The executable: subcommands and their options, and nothing else. The options of `kindred server`
// come from the one table of options (server/options.h).

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "io/server_process.h"
#include "server/config.h"
#include "tools/local.h"
#include "tools/status.h"

namespace kindred {
namespace {

// What was said on the command line, in the order of the table.
struct ServerFlags {
  std::string config_file;
  std::vector<std::pair<std::string, std::string>> options;
};

void AddServerOptions(CLI::App* app, ServerFlags* flags) {
  app->add_option("--config", flags->config_file,
                  "A file with options; those on the command line come after it")
      ->option_text("FILE");
  for (const OptionRow& row : OptionRows()) {
    std::string names = fmt::format("--{}", row.name);
    if (!row.alias.empty()) names += fmt::format(",--{}", row.alias);
    auto set = [flags, name = std::string(row.name)](const std::string& value) {
      flags->options.emplace_back(name, value);
    };
    std::string text = row.default_text.empty() ? "" : fmt::format("[{}]", row.default_text);
    app->add_option_function<std::string>(names, set, std::string(row.doc))
        ->option_text(text)
        ->take_last()
        ->group(std::string(SectionTitle(row.section)));
  }
}

absl::Status MakeConfig(const ServerFlags& flags, Config* config) {
  if (!flags.config_file.empty()) {
    if (absl::Status status = config->LoadFile(flags.config_file); !status.ok()) return status;
  }
  for (const auto& [name, value] : flags.options) {
    if (absl::Status status = config->Set(name, value); !status.ok()) return status;
  }
  return config->Check();
}

// What is left of the command line is no option; says which may have been meant.
absl::Status RefuseExtra(std::string_view word) {
  if (!word.starts_with("--")) {
    return absl::InvalidArgumentError(fmt::format(
        "'{}' belongs to no option; `kindred server --help` lists all", word.substr(0, 128)));
  }
  word.remove_prefix(2);
  return Config().Set(word.substr(0, word.find('=')), "");
}

int Server(const ServerFlags& flags, const std::vector<std::string>& extras) {
  Config config;
  absl::Status status = extras.empty() ? MakeConfig(flags, &config) : RefuseExtra(extras.front());
  if (status.ok()) status = RunServer(config, flags.config_file, KINDRED_VERSION);
  if (status.ok()) return 0;
  fmt::print(stderr, "kindred: {}\n", std::string(status.message()));
  return 1;
}

// In the form of all our refusals.
std::string Refusal(const CLI::App*, const CLI::Error& error) {
  return fmt::format("kindred: {}; --help says more\n", error.what());
}

// By redis-cli's names.
void AddTlsOptions(CLI::App* app, TlsOptions* tls) {
  CLI::Option* on = app->add_flag("--tls", tls->tls, "That port speaks TLS");
  const auto add = [&](const std::string& name, std::string* value, const std::string& type,
                       const std::string& text) {
    app->add_option(name, *value, text)->option_text(type)->needs(on);
  };
  add("--cacert", &tls->cacert, "FILE", "The CA of the nodes' certificates; else the system's CAs");
  add("--cert", &tls->cert, "FILE", "The certificate to show to the nodes");
  add("--key", &tls->key, "FILE", "The key of that certificate");
  add("--sni", &tls->sni, "HOST", "The name of the server to ask for");
  app->add_flag("--insecure", tls->insecure, "Any certificate of the nodes will do")->needs(on);
}

int Main(int argc, char** argv) {
  CLI::App app("Kindred: a clustered key-value server that speaks the Redis protocol");
  app.set_version_flag("--version", std::string("kindred " KINDRED_VERSION));
  app.require_subcommand(0, 1);
  app.failure_message(Refusal);

  ServerFlags flags;
  CLI::App* server = app.add_subcommand("server", "Run one node");
  AddServerOptions(server, &flags);
  server->allow_extras();

  LocalOptions local_options;
  CLI::App* local = app.add_subcommand(
      "local", "Run a cluster on this machine; further options go to each of its nodes");
  local->add_option("--nodes", local_options.nodes, "How many nodes")->capture_default_str();
  local->add_option("--port", local_options.port, "Port of the first node; the others follow")
      ->capture_default_str();
  local
      ->add_option("--tls-port", local_options.tls_port,
                   "The same for clients that speak TLS; 0 means none")
      ->capture_default_str();
  local
      ->add_option("--tls-cluster-port", local_options.tls_cluster_port,
                   "Cluster face of the first node for clients that speak TLS; 0 means none")
      ->capture_default_str();
  local->add_option("--dir", local_options.dir, "Where their data and their logs go")
      ->capture_default_str();
  local->allow_extras();

  std::string address;
  CLI::App* status = app.add_subcommand("status", "Show the nodes of a cluster");
  status->add_option("address", address, "Any client port of any of its nodes")
      ->option_text("HOST:PORT")
      ->required();
  TlsOptions tls;
  AddTlsOptions(status, &tls);

  CLI11_PARSE(app, argc, argv);
  if (*server) return Server(flags, server->remaining());
  if (*local) {
    local_options.program = argv[0];
    local_options.server_options = local->remaining();
    return RunLocal(local_options);
  }
  if (*status) return RunStatus(address, tls);
  std::cout << app.help();
  return 0;
}

}  // namespace
}  // namespace kindred

int main(int argc, char** argv) { return kindred::Main(argc, argv); }
