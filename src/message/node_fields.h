#ifndef KINDRED_MESSAGE_NODE_FIELDS_H_
#define KINDRED_MESSAGE_NODE_FIELDS_H_

// The fields of a node as it describes itself to others; field_codec.h explains the verbs. What is
// read has not been checked: the topology's own rules apply when the node is to become a member.

#include "message/field_codec.h"
#include "topology/topology.h"

namespace kindred {

void Fields(auto& io, Is<NodeInfo> auto& node) {
  io.Text("id", node.id);
  io.Text("host", node.host);
  io.Number("port", node.port);
  io.Number("cluster-port", node.cluster_port);
  io.Number("peer-port", node.peer_port);
  io.Number("http-port", node.http_port);
  io.Number("tls-port", node.tls_port);
  io.Number("tls-cluster-port", node.tls_cluster_port);
  io.Text("zone", node.zone);
  io.Number("weight", node.weight);
}

}  // namespace kindred

#endif  // KINDRED_MESSAGE_NODE_FIELDS_H_
