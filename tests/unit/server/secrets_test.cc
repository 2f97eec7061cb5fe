#include "server/secrets.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(Secrets, ADigestIsSha256) {
  // FIPS 180-2, appendix B.1.
  EXPECT_EQ(PasswordDigest("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(PasswordDigest("").size(), kPasswordDigestChars);
}

TEST(Secrets, DigestsAreTheSameOrNot) {
  EXPECT_TRUE(SameDigest(PasswordDigest("a"), PasswordDigest("a")));
  EXPECT_FALSE(SameDigest(PasswordDigest("a"), PasswordDigest("b")));
  EXPECT_FALSE(SameDigest("", ""));
  EXPECT_FALSE(SameDigest(PasswordDigest("a"), PasswordDigest("a").substr(1)));
}

TEST(Secrets, RandomBytesAreOfTheLengthAskedForAndNeverTheSame) {
  EXPECT_EQ(SecretRandomBytes(16).size(), 16u);
  EXPECT_NE(SecretRandomBytes(16), SecretRandomBytes(16));
}

}  // namespace
}  // namespace kindred
