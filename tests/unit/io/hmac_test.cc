#include "io/hmac.h"

#include <gtest/gtest.h>

#include "base/hex.h"

namespace kindred {
namespace {

// RFC 4231, test case 2.
TEST(Hmac, AgreesWithTheRfc) {
  EXPECT_EQ(HexEncode(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace kindred
