#include "io/peer_links.h"

#include <unistd.h>

#include <algorithm>
#include <variant>

#include "io/log.h"
#include "io/loop.h"

namespace kindred {
namespace {

// What passes between nodes that have nothing to do.
bool IsHeartbeat(const Message& message) {
  return std::holds_alternative<Heartbeat>(message) ||
         std::holds_alternative<HeartbeatSeen>(message);
}

// A turn touches few links, and most of them many times.
template <typename Name>
void Touch(std::vector<Name>& touched, Name name) {
  if (std::find(touched.begin(), touched.end(), name) == touched.end()) touched.push_back(name);
}

}  // namespace

PeerLinks::PeerLinks(Loop& loop, const HandshakeSettings& settings, uint32_t lane, uint32_t lanes,
                     uint64_t seed)
    : loop_(loop), settings_(settings), lane_(lane), lanes_(lanes), random_(seed) {}

PeerLinks::~PeerLinks() = default;

uv_loop_t* PeerLinks::uv() { return loop_.uv(); }
ReadBuffer& PeerLinks::read_buffer() { return loop_.read_buffer(); }
void PeerLinks::OnInput() { loop_.DrainOutbox(); }
std::unique_ptr<TlsSession> PeerLinks::NewTls() { return loop_.NewTlsToPeer(); }

void PeerLinks::FitMembers(const ClusterView& view) {
  for (size_t i = 0; i < view.members().size(); ++i) {
    const Peer peer = view.members()[i];
    if (peer == kSelf || LinkTo(peer) != nullptr) continue;
    const NodeInfo& node = view.topology().nodes()[i];
    Dial({node.id, node.host, node.peer_port, lane_, lanes_});
    dialed_.back().peer = peer;
  }
  std::erase_if(dialed_, [&view](const Dialed& dialed) {
    return dialed.peer != kSelf && view.members().size() > 1 && !view.IsMember(dialed.peer);
  });
}

void PeerLinks::DialSeed(const std::string& host, uint16_t port) {
  Dial({"", host, port, lane_, lanes_});
}

void PeerLinks::Dial(DialedLink::Target target) {
  auto link = std::make_unique<DialedLink>(static_cast<DialedLink::Host&>(*this), std::move(target),
                                           random_.Next());
  dialed_.push_back({std::move(link), kSelf, false});
  dialed_.back().link->OnTick(uv_now(loop_.uv()));
}

DialedLink* PeerLinks::LinkTo(Peer peer) {
  for (const Dialed& dialed : dialed_) {
    if (dialed.peer == peer && peer != kSelf) return dialed.link.get();
  }
  return nullptr;
}

void PeerLinks::OnLinkUp(DialedLink& link) {
  const Peer peer = loop_.shared().PeerOf(link.peer_id());
  for (Dialed& dialed : dialed_) {
    if (dialed.link.get() != &link) continue;
    dialed.peer = peer;
    dialed.told_down = false;
  }
  Log(LogLevel::kVerbose, "lane {}: linked to {} at {}:{}", lane_, link.peer_id().substr(0, 8),
      link.target().host, link.target().port);
  loop_.OnLinkUp(peer, link.target().node_id.empty());
}

void PeerLinks::OnLinkDown(DialedLink& link, const std::string& why, bool refused) {
  if (link.target().node_id.empty()) loop_.OnSeedDown(why, refused);
  for (Dialed& dialed : dialed_) {
    if (dialed.link.get() != &link) continue;
    // Once, and not for each attempt.
    if (!dialed.told_down && lane_ == 0) {
      Log(LogLevel::kNotice, "no link to {}:{}: {}", link.target().host, link.target().port, why);
    }
    dialed.told_down = true;
    if (dialed.peer != kSelf) loop_.OnLinkDown(dialed.peer);
  }
}

void PeerLinks::OnMessage(DialedLink& link, Message&& message) {
  for (const Dialed& dialed : dialed_) {
    if (dialed.link.get() != &link) continue;
    const bool idle = IsHeartbeat(message);
    loop_.OnMessage(dialed.peer, 0, std::move(message), idle);
    return;
  }
}

void PeerLinks::OnPeerEvent(PeerEvent event) {
  const Peer peer = loop_.shared().PeerOf(event.peer.node.id);
  const uint32_t lane = event.peer.lane;
  loop_.shared().OnTlsPorts(event.peer.node);
  EndOlder(peer, lane);
  auto link = std::make_unique<AcceptedLink>(static_cast<AcceptedLink::Host&>(*this), loop_.uv(),
                                             loop_.read_buffer(), ++last_link_, peer, lane);
  AcceptedLink& opened = *link;
  accepted_.emplace(link->id(), std::move(link));
  if (!opened.Open(std::move(event))) {
    accepted_.erase(opened.id());
    return;
  }
  // Whoever dials is there to be dialed.
  if (DialedLink* ours = LinkTo(peer); ours != nullptr) ours->DialSoon();
}

// Nothing of an older link may be handled once a message of the new one has been.
void PeerLinks::EndOlder(Peer peer, uint32_t lane) {
  std::erase_if(accepted_, [&](const auto& entry) {
    return entry.second->peer() == peer && entry.second->lane() == lane;
  });
}

void PeerLinks::OnRequest(AcceptedLink& link, Message&& message) {
  const bool idle = IsHeartbeat(message);
  loop_.OnMessage(link.peer(), link.id(), std::move(message), idle);
}

void PeerLinks::OnAcceptedInput(AcceptedLink& link) {
  Touch(touched_links_, link.id());
  loop_.DrainOutbox();
}

void PeerLinks::OnTick(uint64_t steady_ms) {
  for (const Dialed& dialed : dialed_) dialed.link->OnTick(steady_ms);
}

void PeerLinks::Send(Peer to, const Message& message) {
  DialedLink* link = LinkTo(to);
  if (link == nullptr) return;
  link->Send(message);
  Touch(touched_peers_, to);
}

void PeerLinks::Answer(LinkId id, const Message& message) {
  const auto found = accepted_.find(id);
  if (found == accepted_.end()) return;
  found->second->Send(message);
  Touch(touched_links_, id);
}

void PeerLinks::Flush() {
  // A link that ends may have others say something.
  while (!touched_peers_.empty() || !touched_links_.empty()) {
    flushing_peers_.swap(touched_peers_);
    for (Peer peer : flushing_peers_) {
      if (DialedLink* link = LinkTo(peer); link != nullptr) link->Flush();
    }
    flushing_peers_.clear();
    flushing_links_.swap(touched_links_);
    for (LinkId id : flushing_links_) FlushAccepted(id);
    flushing_links_.clear();
  }
}

void PeerLinks::FlushAccepted(LinkId id) {
  const auto found = accepted_.find(id);
  if (found == accepted_.end() || found->second->Flush()) return;
  const AcceptedLink& link = *found->second;
  Log(link.foreign() ? LogLevel::kWarning : LogLevel::kVerbose, "a link of {} has ended: {}",
      loop_.shared().IdOf(link.peer()).value_or("?").substr(0, 8), link.why());
  accepted_.erase(found);
}

void PeerLinks::Close() {
  dialed_.clear();
  accepted_.clear();
}

}  // namespace kindred
