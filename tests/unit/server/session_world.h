#ifndef KINDRED_TESTS_UNIT_SERVER_SESSION_WORLD_H_
#define KINDRED_TESTS_UNIT_SERVER_SESSION_WORLD_H_

// A server without an edge, for tests of what clients say to it: one node, alone, on a disk in
// memory that is synced when the test says so, with a session that the test talks to, and others
// beside it.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "node/boot.h"
#include "server/server.h"
#include "server/session.h"
#include "store/memory_store.h"

namespace kindred {

inline constexpr uint64_t kNow = 1'700'000'000'000;

// Nothing happens here but what the test does.
class FakeHost : public Host {
 public:
  uint64_t SteadyNs() const override { return steady_ns; }
  uint64_t WallUs() const override { return wall_us; }
  ProcessFacts Measure() override { return facts; }
  std::string AllocatorReport() override { return "the allocator's report"; }
  void ReleaseMemory() override { ++releases; }
  absl::StatusOr<std::string> ReadFile(const std::string&) override { return file; }
  absl::Status ReplaceFile(const std::string&, const std::string& text) override {
    if (!disk_error.empty()) return absl::UnavailableError(disk_error);
    file = text;
    return absl::OkStatus();
  }
  absl::Status ConfigureTls(const Config& config) override {
    ++tls_configured;
    tls_cert_file = config.GetText("tls-cert-file");
    return tls_error.empty() ? absl::OkStatus() : absl::InvalidArgumentError(tls_error);
  }
  void Stop() override { stopped = true; }

  uint64_t steady_ns = 1'000'000'000;
  uint64_t wall_us = kNow * 1000 + 7;
  ProcessFacts facts;
  int releases = 0;
  std::string file;
  std::string disk_error;
  int tls_configured = 0;
  std::string tls_cert_file;
  std::string tls_error;
  bool stopped = false;
};

class World {
 public:
  World() : random_(1), shared_(config_.settings(1), store_, Start()), node_(shared_, 0, 1) {
    ProcessIdentity identity;
    identity.version = "0.1.0";
    identity.run_id = std::string(40, 'a');
    identity.started_ms = kNow;
    identity.config_file = "/etc/kindred.toml";
    server_ = std::make_unique<Server>(config_, shared_, host_, identity);
    Open(Face::kPlain);
  }

  Identity Start() {
    BootOptions options;
    options.self.host = "127.0.0.1";
    options.self.port = 7001;
    options.self.cluster_port = 7101;
    options.self.peer_port = 7201;
    absl::StatusOr<Booted> booted = Boot(store_, options, kNow, random_);
    EXPECT_TRUE(booted.ok()) << booted.status();
    store_.Sync();
    return booted->identity;
  }

  void Open(Face face) {
    session_.reset();
    session_ = NewSession(face, {"127.0.0.1:5", "127.0.0.1:7001"});
  }
  // One more client, at a port of its own.
  std::unique_ptr<Session> NewSession(Face face, Session::Peername names) {
    return std::make_unique<Session>(*server_, node_, face, std::move(names), now_);
  }

  void Send(std::string_view bytes) { session_->OnBytes(bytes, now_); }

  // What the edge does for the disk, once. New loads wait for the next call.
  void Work() {
    Outbox out = std::exchange(node_.outbox(), {});
    for (Outbox::Reply& reply : out.replies) session_->OnReply(reply, now_);
    for (const Outbox::Load& load : out.loads) {
      std::string value;
      Found found = store_.Load(Column::kRecords, load.key, &value);
      node_.OnLoaded(load.key, found, value, now_);
    }
    for (const Outbox::Scan& scan : out.scans) {
      node_.OnScanned(scan.ticket,
                      store_.Scan({.column = scan.expiry ? Column::kExpiry : Column::kRecords,
                                   .from = scan.from,
                                   .until = scan.until,
                                   .entries_max = scan.entries_max}),
                      now_);
    }
    for (Outbox::Reply& reply : std::exchange(node_.outbox().replies, {})) {
      session_->OnReply(reply, now_);
    }
  }

  std::string Output() { return OutputOf(*session_); }
  std::string OutputOf(Session& session) {
    std::string out;
    session.TakeOutput(store_.durable(), &out);
    return out;
  }

  // Sends and gives back all that comes, the disk being fast.
  std::string Say(std::string_view bytes) {
    Send(bytes);
    for (int i = 0; i < 10; ++i) {
      store_.Sync();
      Work();
      TakeTurns(*session_);
    }
    store_.Sync();
    return Output();
  }
  // The same with another session, and what needs no disk.
  std::string Say(Session& session, std::string_view bytes) {
    session.OnBytes(bytes, now_);
    TakeTurns(session);
    store_.Sync();
    return OutputOf(session);
  }
  // What the loop does with a session that has more to run than fits into a turn.
  void TakeTurns(Session& session) {
    while (session.WaitsForTurn()) {
      session.BeginTurn();
      session.OnBytes({}, now_);
    }
    session.BeginTurn();
  }

  uint64_t now_ = kNow;
  MemoryStore store_;
  Random random_;
  Config config_;
  Shared shared_;
  Node node_;
  FakeHost host_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Session> session_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_SERVER_SESSION_WORLD_H_
