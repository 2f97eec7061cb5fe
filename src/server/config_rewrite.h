#ifndef KINDRED_SERVER_CONFIG_REWRITE_H_
#define KINDRED_SERVER_CONFIG_REWRITE_H_

// CONFIG REWRITE: a configuration file brought up to date. What its user wrote stays as it is, line
// by line, comments included, except for values that have changed; an option that is not in the
// file and has another value than its default is added at the end.
//
// Pure function.

#include <string>
#include <string_view>

#include "server/config.h"

namespace kindred {

// REQUIRES: Config::LoadText takes `text`.
std::string RewriteConfig(std::string_view text, const Config& config);

}  // namespace kindred

#endif  // KINDRED_SERVER_CONFIG_REWRITE_H_
