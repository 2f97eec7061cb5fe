#include "topology/shares.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"

namespace kindred {

namespace {

// An exact share. The largest numerator, kSlots * kNodesMax * (the weight of all nodes), has less
// than 55 bits.
struct Fraction {
  uint64_t numerator;
  uint64_t denominator;

  uint64_t Floor() const { return numerator / denominator; }
  bool IsWhole() const { return numerator % denominator == 0; }
};

// Who takes part in a rounding: with `now` above the share's floor it is rounded up first.
struct Claim {
  Fraction share;
  uint64_t now;
  uint64_t limit;
};

// Whole numbers that sum up to `total`, each its share rounded up or down, at most its limit.
// Limits may make that impossible; then some are above their share by one more.
std::vector<uint32_t> Round(const std::vector<Claim>& claims, uint64_t total) {
  std::vector<uint32_t> counts;
  uint64_t given = 0;
  for (const Claim& claim : claims) {
    counts.push_back(static_cast<uint32_t>(claim.share.Floor()));
    given += counts.back();
  }
  auto raise = [&](auto may) {
    for (size_t i = 0; i < claims.size() && given < total; ++i) {
      if (counts[i] >= claims[i].limit || !may(claims[i], counts[i])) continue;
      ++counts[i];
      ++given;
    }
  };
  raise([](const Claim& claim, uint32_t count) {
    return !claim.share.IsWhole() && claim.now > count;
  });
  raise([](const Claim& claim, uint32_t count) {
    return !claim.share.IsWhole() && count == claim.share.Floor();
  });
  raise([](const Claim& claim, uint32_t count) { return count == claim.share.Floor(); });
  while (given < total) {
    uint64_t before = given;
    raise([](const Claim&, uint32_t) { return true; });
    CHECK(given > before);
  }
  return counts;
}

// What each domain's weight is worth: its nodes are due this many replicas for each unit of it. A
// domain can hold each vnode once: if its weight asks for more, it gets that, and the others share
// the rest.
std::vector<Fraction> WorthOfWeight(const SharesInput& input,
                                    const std::vector<uint64_t>& domain_weights) {
  uint64_t rest = uint64_t{input.vnodes} * input.replicas_per_vnode;
  uint64_t rest_weight = std::accumulate(domain_weights.begin(), domain_weights.end(), uint64_t{0});
  std::vector<bool> full(domain_weights.size());
  for (bool found = true; found;) {
    found = false;
    for (size_t d = 0; d < full.size(); ++d) {
      if (full[d] || rest * domain_weights[d] <= input.vnodes * rest_weight) continue;
      full[d] = true;
      found = true;
      rest -= input.vnodes;
      rest_weight -= domain_weights[d];
    }
  }
  std::vector<Fraction> worth;
  for (size_t d = 0; d < full.size(); ++d) {
    worth.push_back(full[d] ? Fraction{input.vnodes, domain_weights[d]}
                            : Fraction{rest, rest_weight});
  }
  return worth;
}

Fraction Times(Fraction worth, uint64_t weight) {
  return {worth.numerator * weight, worth.denominator};
}

std::vector<uint32_t> ReplicaCounts(const SharesInput& input) {
  size_t domain_count = *std::ranges::max_element(input.domains) + size_t{1};
  std::vector<uint64_t> weights(domain_count);
  std::vector<uint64_t> now(domain_count);
  for (size_t i = 0; i < input.weights.size(); ++i) {
    weights[input.domains[i]] += input.weights[i];
    now[input.domains[i]] += input.replicas_now[i];
  }
  std::vector<Fraction> worth = WorthOfWeight(input, weights);
  std::vector<Claim> claims;
  for (size_t d = 0; d < domain_count; ++d) {
    claims.push_back({Times(worth[d], weights[d]), now[d], input.vnodes});
  }
  std::vector<uint32_t> totals = Round(claims, uint64_t{input.vnodes} * input.replicas_per_vnode);

  // Within a domain by weight again. The domain's total is its share rounded up or down, and so a
  // sum of the nodes' shares rounded up or down.
  std::vector<uint32_t> counts(input.weights.size());
  for (size_t d = 0; d < domain_count; ++d) {
    std::vector<size_t> members;
    claims.clear();
    for (size_t i = 0; i < input.weights.size(); ++i) {
      if (input.domains[i] != d) continue;
      members.push_back(i);
      claims.push_back({Times(worth[d], input.weights[i]), input.replicas_now[i], input.vnodes});
    }
    std::vector<uint32_t> rounded = Round(claims, totals[d]);
    for (size_t m = 0; m < members.size(); ++m) counts[members[m]] = rounded[m];
  }
  return counts;
}

}  // namespace

Shares ComputeShares(const SharesInput& input) {
  Shares shares;
  shares.replicas = ReplicaCounts(input);

  uint64_t all = std::accumulate(input.weights.begin(), input.weights.end(), uint64_t{0});
  std::vector<Claim> claims;
  for (size_t i = 0; i < input.weights.size(); ++i) {
    Fraction share{uint64_t{input.vnodes} * input.weights[i], all};
    claims.push_back({share, input.firsts_now[i], shares.replicas[i]});
  }
  shares.firsts = Round(claims, input.vnodes);
  return shares;
}

}  // namespace kindred
