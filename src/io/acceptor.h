#ifndef KINDRED_IO_ACCEPTOR_H_
#define KINDRED_IO_ACCEPTOR_H_

// Listening sockets, and the handle that accepts from one on a loop.
//
// Loop 0 accepts for all loops and deals the sockets out in turn. SO_REUSEPORT, where each loop
// has a listening socket of its own, was not chosen for two reasons: the system deals by a hash of
// the address, which leaves loops without work when there are few connections; and with it a second
// process of the same user takes the same port without an error, where it has to be told that the
// port is taken.

#include <sys/socket.h>
#include <uv.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/config.h"

namespace kindred {

// Binds and listens on `port` of every address. InvalidArgument with one sentence for the user,
// which names `option` as the way to another port; nothing stays open then. `loopback_only`: of the
// addresses only those that no other machine can reach, or 127.0.0.1 if there is none.
absl::StatusOr<std::vector<int>> ListenOn(const std::vector<BindAddress>& addresses, int port,
                                          const std::string& option, int backlog,
                                          bool loopback_only = false);

class Acceptor {
 public:
  // Whoever is called owns the socket, which does not block.
  using OnSocket = std::function<void(int socket, const sockaddr_storage& from)>;

  // Takes the listening socket over. Owned by the loop; destroyed on its thread.
  Acceptor(uv_loop_t* loop, int listener, OnSocket on_socket);
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

 private:
  struct State;
  State* state_;  // lives on until libuv has closed it
};

}  // namespace kindred

#endif  // KINDRED_IO_ACCEPTOR_H_
