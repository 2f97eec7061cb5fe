#ifndef KINDRED_TOOLS_STATUS_H_
#define KINDRED_TOOLS_STATUS_H_

// `kindred status HOST:PORT`: what the cluster looks like from one of its nodes, as a table.

#include <string>

#include "tools/tls_stream.h"

namespace kindred {

// Returns the exit code: 0 if the node answers and a majority of the replicas of every vnode is
// alive, as it sees them. By TLS all of it is asked at the nodes' TLS ports.
int RunStatus(const std::string& address, const TlsOptions& tls);

}  // namespace kindred

#endif  // KINDRED_TOOLS_STATUS_H_
