#include "command/dump_payload.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/crc64.h"
#include "base/hex.h"

namespace kindred {
namespace {

constexpr size_t kMax = 100000;

std::string Decoded(std::string_view payload) {
  std::string value;
  switch (DecodeDump(payload, kMax, &value)) {
    case DumpDecoded::kOk:
      return value;
    case DumpDecoded::kChecksum:
      return "(checksum)";
    case DumpDecoded::kFormat:
      return "(format)";
    case DumpDecoded::kTooLong:
      return "(too long)";
  }
  return "";
}

std::string LittleEndian(uint64_t number, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(number >> 8 * i & 0xff));
  return out;
}

// `object` in hexadecimal digits, with a right footer.
std::string Payload(std::string_view object, uint64_t version = 10) {
  std::string payload = HexDecode(object).value() + LittleEndian(version, 2);
  return payload + LittleEndian(Crc64(payload), 8);
}

// What DUMP of a Redis 7.0 gives.
TEST(DumpPayload, IsRedisesOwn) {
  const auto dumped = [](std::string_view value) { return HexEncode(EncodeDump(value)); };
  EXPECT_EQ(dumped(""), "00000a005d9b5c400f7fa2da");
  EXPECT_EQ(dumped("a"), "0001610a00bffeef9b8f367db4");
  EXPECT_EQ(dumped("5"), "00c0050a00632f5f66832fb351");
  EXPECT_EQ(dumped("-1"), "00c0ff0a000c937e2485089dc5");
  EXPECT_EQ(dumped("128"), "00c180000a00eb7ab3b510cf4b65");
  EXPECT_EQ(dumped("-32768"), "00c100800a00b540064753bb1ace");
  EXPECT_EQ(dumped("70000"), "00c2701101000a0001a408fe953095a5");
  EXPECT_EQ(dumped("2147483647"), "00c2ffffff7f0a002c74e59ee02eada1");
  EXPECT_EQ(dumped("2147483648"), "000a323134373438333634380a00e7b129a34c1d76ee");
}

TEST(DumpPayload, IsReadAsItWasWritten) {
  std::string long_value(70000, 'x');
  for (const std::string& value :
       {std::string(), std::string("a"), std::string("007"), std::string("-0"), std::string("127"),
        std::string("-128"), std::string("-129"), std::string("40000"), std::string("-2147483648"),
        std::string("-2147483649"), std::string(63, 'x'), std::string(64, '\0'),
        std::string(16383, 'y'), std::string(16384, 'z'), long_value}) {
    EXPECT_EQ(Decoded(EncodeDump(value)), value);
  }
}

TEST(DumpPayload, TakesWhatRedisCompressed) {
  EXPECT_EQ(Decoded(HexDecode("00c3094046016161e039000161610a0084de5889eb96baa3").value()),
            std::string(70, 'a'));
  EXPECT_EQ(Decoded(HexDecode("00c30c412c017878e0ff00e017000178780a00f033195a8b660d84").value()),
            std::string(300, 'x'));
}

TEST(DumpPayload, TakesEveryFormOfALength) {
  EXPECT_EQ(Decoded(Payload("000161")), "a");
  EXPECT_EQ(Decoded(Payload("00400161")), "a");
  EXPECT_EQ(Decoded(Payload("00800000000161")), "a");
  EXPECT_EQ(Decoded(Payload("0081000000000000000161")), "a");
}

TEST(DumpPayload, TakesVersionsUpToThatOfRedis72) {
  EXPECT_EQ(Decoded(Payload("000161", 1)), "a");
  EXPECT_EQ(Decoded(Payload("000161", 11)), "a");
  EXPECT_EQ(Decoded(Payload("000161", 12)), "(checksum)");
  EXPECT_EQ(Decoded(Payload("000161", 0x100)), "(checksum)");
}

TEST(DumpPayload, RefusesWhatIsDamaged) {
  EXPECT_EQ(Decoded(""), "(checksum)");
  EXPECT_EQ(Decoded("123456789"), "(checksum)");
  const std::string payload = EncodeDump("hello");
  for (size_t i = 0; i < payload.size(); ++i) {
    std::string damaged = payload;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_EQ(Decoded(damaged), "(checksum)") << i;
  }
}

TEST(DumpPayload, RefusesWhatIsNoStringBehindARightChecksum) {
  EXPECT_EQ(Decoded(Payload("")), "(format)");
  EXPECT_EQ(Decoded(Payload("01")), "(format)");                // a list
  EXPECT_EQ(Decoded(Payload("00")), "(format)");                // nothing behind the type
  EXPECT_EQ(Decoded(Payload("000261")), "(format)");            // shorter than it says
  EXPECT_EQ(Decoded(Payload("00c1ff")), "(format)");            // half a number
  EXPECT_EQ(Decoded(Payload("00c4")), "(format)");              // no such encoding
  EXPECT_EQ(Decoded(Payload("008200")), "(format)");            // no such length
  EXPECT_EQ(Decoded(Payload("00c3020400616263")), "(format)");  // compressed to nothing like it
  EXPECT_EQ(Decoded(Payload("0081ffffffffffffffff61")), "(format)");
}

TEST(DumpPayload, RefusesALongStringBeforeItTakesMemory) {
  EXPECT_EQ(Decoded(EncodeDump(std::string(kMax, 'x'))).size(), kMax);
  EXPECT_EQ(Decoded(EncodeDump(std::string(kMax + 1, 'x'))), "(too long)");
  EXPECT_EQ(Decoded(Payload("00c30281ffffffffffffffff0061")), "(too long)");
}

TEST(DumpPayload, TheObjectIsThePayloadWithoutItsTypeAndItsFooter) {
  for (const size_t length : {0, 1, 63, 64, 16383, 16384}) {
    const std::string value(length, 'x');
    EXPECT_EQ(DumpedObjectBytes(value), EncodeDump(value).size() - 11) << length;
  }
  EXPECT_EQ(DumpedObjectBytes("5"), 2u);
  EXPECT_EQ(DumpedObjectBytes("20000"), 3u);
  EXPECT_EQ(DumpedObjectBytes("12345678901"), 12u);
}

}  // namespace
}  // namespace kindred
