#include "resp/reply_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include "resp/double_text.h"

namespace kindred {
namespace {

std::string Written(int protocol, const std::function<void(ReplyWriter&)>& write) {
  std::string out = "before ";
  ReplyWriter writer(&out, protocol);
  write(writer);
  return out.substr(7);
}

void ExpectBoth(const std::function<void(ReplyWriter&)>& write, const std::string& resp2,
                const std::string& resp3) {
  EXPECT_EQ(Written(2, write), resp2);
  EXPECT_EQ(Written(3, write), resp3);
}

void ExpectSame(const std::function<void(ReplyWriter&)>& write, const std::string& bytes) {
  ExpectBoth(write, bytes, bytes);
}

TEST(ReplyWriter, WritesWhatBothProtocolsShare) {
  ExpectSame([](ReplyWriter& w) { w.Simple("OK"); }, "+OK\r\n");
  ExpectSame([](ReplyWriter& w) { w.Error("ERR no such key"); }, "-ERR no such key\r\n");
  ExpectSame([](ReplyWriter& w) { w.Integer(0); }, ":0\r\n");
  ExpectSame([](ReplyWriter& w) { w.Integer(-12); }, ":-12\r\n");
  ExpectSame([](ReplyWriter& w) { w.Integer(std::numeric_limits<int64_t>::min()); },
             ":-9223372036854775808\r\n");
  ExpectSame([](ReplyWriter& w) { w.Bulk(""); }, "$0\r\n\r\n");
  ExpectSame([](ReplyWriter& w) { w.Bulk({"a\0\r\n", 4}); }, std::string("$4\r\na\0\r\n\r\n", 10));
  ExpectSame([](ReplyWriter& w) { w.Array(3); }, "*3\r\n");
  ExpectSame([](ReplyWriter& w) { w.Raw("+OK\r\n:1\r\n"); }, "+OK\r\n:1\r\n");
}

TEST(ReplyWriter, WritesWhatOnlyResp3HasATypeFor) {
  ExpectBoth([](ReplyWriter& w) { w.Nil(); }, "$-1\r\n", "_\r\n");
  ExpectBoth([](ReplyWriter& w) { w.NilArray(); }, "*-1\r\n", "_\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Map(7); }, "*14\r\n", "%7\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Set(2); }, "*2\r\n", "~2\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Push(2); }, "*2\r\n", ">2\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Double(1.5); }, "$3\r\n1.5\r\n", ",1.5\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Bool(true); }, ":1\r\n", "#t\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Bool(false); }, ":0\r\n", "#f\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Verbatim("a\nb"); }, "$3\r\na\nb\r\n", "=7\r\ntxt:a\nb\r\n");
  ExpectBoth([](ReplyWriter& w) { w.Verbatim("", "mkd"); }, "$0\r\n\r\n", "=4\r\nmkd:\r\n");
  ExpectBoth([](ReplyWriter& w) { w.BigNumber("-123"); }, "$4\r\n-123\r\n", "(-123\r\n");
}

TEST(ReplyWriter, AnErrorStaysOneLine) {
  ExpectSame([](ReplyWriter& w) { w.Error("ERR got 'a\r\n+OK\r\n'"); }, "-ERR got 'a  +OK  '\r\n");
}

TEST(DoubleText, IsRedissOwn) {
  const auto text = [](double value) {
    char buffer[kDoubleTextMax];
    return std::string(DoubleText(value, buffer));
  };
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(-0.0), "-0");
  EXPECT_EQ(text(3), "3");
  EXPECT_EQ(text(-100000), "-100000");
  EXPECT_EQ(text(4e18), "4000000000000000000");
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(-0.0001), "-0.0001");
  EXPECT_EQ(text(100000.5), "100000.5");
  EXPECT_EQ(text(3.141592653589793), "3.141592653589793");
  EXPECT_EQ(text(1e21), "1e+21");
  EXPECT_EQ(text(1.5e300), "1.5e+300");
  EXPECT_EQ(text(1e-10), "1e-10");
  EXPECT_EQ(text(-2.5e-9), "-2.5e-9");
  EXPECT_EQ(text(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
  EXPECT_EQ(text(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(text(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(text(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(text(std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace kindred
