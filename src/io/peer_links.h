#ifndef KINDRED_IO_PEER_LINKS_H_
#define KINDRED_IO_PEER_LINKS_H_

// All links of one loop: those that it dials, one to each other member, and those that peers have
// dialed for this lane. Feeds what arrives to the loop's Node.
//
// Owned by its loop.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "io/accepted_link.h"
#include "io/dialed_link.h"

namespace kindred {

class ClusterView;
class Loop;

class PeerLinks : private DialedLink::Host, private AcceptedLink::Host {
 public:
  // `settings` outlives it.
  PeerLinks(Loop& loop, const HandshakeSettings& settings, uint32_t lane, uint32_t lanes,
            uint64_t seed);
  ~PeerLinks();

  // Dials the members that are not dialed yet, and ends the links to those that are no more.
  void FitMembers(const ClusterView& view);
  // Dials a node of which only the address is known: the way into a cluster.
  void DialSeed(const std::string& host, uint16_t port);

  void OnPeerEvent(PeerEvent event);
  void OnTick(uint64_t steady_ms);

  // For the end of the turn; dropped if there is no such link.
  void Send(Peer to, const Message& message);
  void Answer(LinkId link, const Message& message);

  // One write for each link that has something to say.
  void Flush();

  // Ends all links, without telling anybody.
  void Close();

 private:
  uv_loop_t* uv() override;
  ReadBuffer& read_buffer() override;
  const HandshakeSettings& handshake() override { return settings_; }
  std::unique_ptr<TlsSession> NewTls() override;
  void OnLinkUp(DialedLink& link) override;
  void OnLinkDown(DialedLink& link, const std::string& why, bool refused) override;
  void OnMessage(DialedLink& link, Message&& message) override;
  void OnInput() override;
  void OnRequest(AcceptedLink& link, Message&& message) override;
  void OnAcceptedInput(AcceptedLink& link) override;

  void Dial(DialedLink::Target target);
  DialedLink* LinkTo(Peer peer);
  void EndOlder(Peer peer, uint32_t lane);
  void FlushAccepted(LinkId id);

  Loop& loop_;
  const HandshakeSettings& settings_;
  const uint32_t lane_;
  const uint32_t lanes_;
  Random random_;

  struct Dialed {
    std::unique_ptr<DialedLink> link;
    Peer peer = kSelf;       // kSelf: not known yet
    bool told_down = false;  // the log has been told that there is no link
  };
  std::vector<Dialed> dialed_;
  std::vector<Peer> touched_peers_;  // with something to send at the end of the turn
  std::vector<Peer> flushing_peers_;

  std::map<LinkId, std::unique_ptr<AcceptedLink>> accepted_;
  std::vector<LinkId> touched_links_;
  std::vector<LinkId> flushing_links_;
  LinkId last_link_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_IO_PEER_LINKS_H_
