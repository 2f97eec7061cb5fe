#ifndef KINDRED_TOOLS_LOCAL_H_
#define KINDRED_TOOLS_LOCAL_H_

// `kindred local`: a cluster on this machine, each node a child process with a directory of its own
// below one directory, on consecutive ports. Runs until Ctrl-C, which stops all of them; when it
// dies itself, they stop too.

#include <string>
#include <vector>

namespace kindred {

struct LocalOptions {
  std::string program = "kindred";  // how it was called, for what to type next
  int nodes = 3;
  int port = 7001;           // of the first node's plain face; the others follow
  int tls_port = 0;          // the same by TLS; 0: none
  int tls_cluster_port = 0;  // of the first node's cluster face by TLS
  std::string dir = "data";
  std::vector<std::string> server_options;  // passed on to every node as they are
};

// Nodes have faces at port + 100 and + 200, too, which must not meet.
inline constexpr int kLocalNodesMax = 50;

// Returns the exit code.
int RunLocal(const LocalOptions& options);

}  // namespace kindred

#endif  // KINDRED_TOOLS_LOCAL_H_
