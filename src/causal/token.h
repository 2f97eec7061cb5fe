#ifndef KINDRED_CAUSAL_TOKEN_H_
#define KINDRED_CAUSAL_TOKEN_H_

// How clients see a context: an opaque, printable word that SIBLINGS hands out and WITH CONTEXT
// takes back. A checksum catches what was cut or mistyped; it is no signature, so the times in a
// token are as little to be trusted as any other number that a client sends. Pure functions.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "causal/context.h"

namespace kindred {

// The empty context is the empty token.
std::string EncodeToken(const Context& context);

// InvalidArgument for anything that EncodeToken would not have returned.
absl::StatusOr<Context> DecodeToken(std::string_view token);

}  // namespace kindred

#endif  // KINDRED_CAUSAL_TOKEN_H_
