// Connections that do not wait for an answer before they send the next command. Their commands have
// to take effect in the order in which they were sent.
//
// Each client has a counter of its own and sends a few INCRs of it one behind the other to one
// node, held back as a session holds them (server/keys_in_flight.h). So the numbers that it is
// answered only grow. An INCR of unknown outcome may take effect at any time.
#ifndef KINDRED_TESTS_SIM_PIPELINES_H_
#define KINDRED_TESTS_SIM_PIPELINES_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "server/keys_in_flight.h"
#include "tests/sim/lincheck.h"
#include "tests/sim/world.h"

namespace kindred {

class Pipelines {
 public:
  Pipelines(World& world, uint64_t timeout_ms) : world_(world), timeout_ms_(timeout_ms) {}

  static std::vector<std::string> Keys(uint32_t clients);

  // A client sends some INCRs to a node; nothing happens as long as earlier ones are in flight.
  void Begin(uint32_t client, size_t node);
  void OnCrash(size_t node);

  // All INCRs in the order in which they were sent, for the check of linearizability.
  const std::vector<Op>& history() const { return history_; }
  size_t open() const;
  // Says what is wrong with the order of the answers; empty: nothing.
  std::string Wrong() const;

 private:
  struct Connection {
    uint64_t number = 0;  // how many there have been
    size_t node = 0;
    uint64_t unsent = 0;
    KeysInFlight in_flight;
  };
  void Send(uint32_t client, uint64_t number);
  void Later(uint32_t client, uint64_t number);
  void OnReply(uint32_t client, uint64_t incr, const std::string& reply);

  World& world_;
  const uint64_t timeout_ms_;
  std::map<uint32_t, Connection> connections_;  // by client
  std::vector<Op> history_;
  std::string wrong_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_PIPELINES_H_
