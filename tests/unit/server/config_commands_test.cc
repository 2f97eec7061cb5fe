#include <gtest/gtest.h>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class ConfigCommandsTest : public testing::Test, protected World {
 protected:
  std::string Failed(std::string_view name, std::string_view why) {
    return "-ERR CONFIG SET failed (possibly related to argument '" + std::string(name) + "') - " +
           std::string(why) + "\r\n";
  }
};

TEST_F(ConfigCommandsTest, NamesAreRefusedBeforeValues) {
  EXPECT_EQ(Say("CONFIG SET timeout x nosuch 1\r\n"),
            "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'\r\n");
  EXPECT_EQ(Say("CONFIG SET databases 3 nosuch 1\r\n"),
            Failed("databases", "can't set immutable config"));
  EXPECT_EQ(Say("CONFIG SET timeout 1 timeout 2 nosuch 1\r\n"),
            Failed("timeout", "duplicate parameter"));
  EXPECT_EQ(Say("CONFIG SET timeout x databases 3\r\n"),
            Failed("databases", "can't set immutable config"));
  EXPECT_EQ(
      Say("CONFIG SET slowlog-max-len -1\r\n"),
      Failed("slowlog-max-len", "argument must be between 0 and 9223372036854775807 inclusive"));
}

TEST_F(ConfigCommandsTest, GetSaysNamesAsTheClientWroteThem) {
  EXPECT_EQ(Say("CONFIG GET TimeOut\r\n"), "*2\r\n$7\r\nTimeOut\r\n$1\r\n0\r\n");
  EXPECT_EQ(Say("CONFIG GET TIMEOUT timeout time*t\r\n"), "*2\r\n$7\r\nTIMEOUT\r\n$1\r\n0\r\n");
  EXPECT_EQ(Say("CONFIG GET TIME*T TIMEOUT\r\n"), "*2\r\n$7\r\ntimeout\r\n$1\r\n0\r\n");
  EXPECT_EQ(Say("CONFIG GET SLAVE-read-only\r\n"), "*2\r\n$15\r\nSLAVE-read-only\r\n$3\r\nyes\r\n");
  // Without *, ? or [ it is a name, not a pattern.
  EXPECT_EQ(Say("CONFIG GET timeou\\t\r\n"), "*0\r\n");
  EXPECT_EQ(Say("CONFIG GET \"\"\r\n"), "*0\r\n");
}

TEST_F(ConfigCommandsTest, ErrorsOfValuesNameTheOptionAndErrorsOfNamesWhatWasWritten) {
  EXPECT_EQ(Say("CONFIG SET TIMEOUT x\r\n"),
            Failed("timeout", "argument couldn't be parsed into an integer"));
  EXPECT_EQ(Say("CONFIG SET Databases 3\r\n"), Failed("Databases", "can't set immutable config"));
  EXPECT_EQ(Say("CONFIG SET timeout 1 TIMEOUT 2\r\n"), Failed("TIMEOUT", "duplicate parameter"));
}

TEST_F(ConfigCommandsTest, BufferLimitsChangeTheClassesThatAreNamed) {
  EXPECT_EQ(Say("CONFIG SET client-output-buffer-limit \"normal 1mb 2kb 10\"\r\n"), "+OK\r\n");
  EXPECT_EQ(Say("CONFIG SET client-output-buffer-limit \"replica 1 2 3 pubsub 4 5 6\"\r\n"),
            "+OK\r\n");
  EXPECT_EQ(Say("CONFIG GET client-output-buffer-limit\r\n"),
            "*2\r\n$26\r\nclient-output-buffer-limit\r\n$47\r\n"
            "normal 1048576 2048 10 slave 1 2 3 pubsub 4 5 6\r\n");
  EXPECT_EQ(server_->config().buffer_limits().normal().soft_bytes, 2048u);
  const std::string name = "client-output-buffer-limit";
  EXPECT_EQ(Say("CONFIG SET client-output-buffer-limit foo\r\n"),
            Failed(name, "Wrong number of arguments in buffer limit configuration."));
  for (const char* who : {"foo", "master"}) {
    EXPECT_EQ(Say("CONFIG SET " + name + " \"" + who + " 1 2 3\"\r\n"),
              Failed(name, "Invalid client class specified in buffer limit configuration."));
  }
  for (const char* numbers : {"1 2 x", "1 x 3", "-1 2 3", "1 2 -3"}) {
    EXPECT_EQ(Say("CONFIG SET " + name + " \"normal " + numbers + "\"\r\n"),
              Failed(name,
                     "Error in hard, soft or soft_seconds setting in buffer limit "
                     "configuration."));
  }
}

class ConfigCommandsTlsTest : public ConfigCommandsTest {
 protected:
  ConfigCommandsTlsTest() {
    EXPECT_TRUE(config_.Set("tls-port", "7401").ok());
    session_.reset();
    server_ = std::make_unique<Server>(config_, shared_, host_, ProcessIdentity());
    Open(Face::kPlain);
  }
};

TEST_F(ConfigCommandsTlsTest, SettingAFileReadsAllAgainEvenIfItsNameStays) {
  EXPECT_EQ(Say("CONFIG SET tls-cert-file a.pem tls-key-file a.key\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.tls_configured, 1);
  EXPECT_EQ(host_.tls_cert_file, "a.pem");
  EXPECT_EQ(Say("CONFIG SET tls-cert-file a.pem\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.tls_configured, 2);
  EXPECT_EQ(Say("CONFIG SET timeout 5\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.tls_configured, 2);
}

TEST_F(ConfigCommandsTlsTest, WhatCannotBeReadChangesNothing) {
  EXPECT_EQ(Say("CONFIG SET tls-cert-file a.pem\r\n"), "+OK\r\n");
  host_.tls_error = "no such file";
  EXPECT_EQ(Say("CONFIG SET timeout 7 tls-cert-file b.pem\r\n"),
            Failed("tls-cert-file", "Unable to update TLS configuration. Check server logs."));
  EXPECT_EQ(server_->config().GetText("tls-cert-file"), "a.pem");
  EXPECT_EQ(server_->config().GetNumber("timeout"), 0);
}

TEST_F(ConfigCommandsTest, WithoutTlsItsFilesAreNotRead) {
  EXPECT_EQ(Say("CONFIG SET tls-cert-file a.pem\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.tls_configured, 0);
  EXPECT_EQ(Say("CONFIG SET tls-port 1\r\n"), Failed("tls-port", "can't set immutable config"));
  EXPECT_EQ(
      Say("CONFIG SET tls-auth-clients maybe\r\n"),
      Failed("tls-auth-clients", "argument(s) must be one of the following: no, yes, optional"));
}

TEST_F(ConfigCommandsTest, PercentilesAreNumbersUpToAHundred) {
  const std::string name = "latency-tracking-info-percentiles";
  EXPECT_EQ(Say("CONFIG SET " + name + " \"50.000 99.99\"\r\n"), "+OK\r\n");
  EXPECT_EQ(server_->config().percentiles(), (std::vector<double>{50, 99.99}));
  EXPECT_NE(Say("CONFIG GET " + name + "\r\n").find("\r\n50 99.99\r\n"), std::string::npos);
  EXPECT_EQ(Say("CONFIG SET " + name + " \"50 101\"\r\n"),
            Failed(name, name + " parameters should sit between [0.0,100.0]"));
  EXPECT_EQ(Say("CONFIG SET " + name + " \"50 a\"\r\n"),
            Failed(name, "Invalid " + name + " parameters"));
  EXPECT_EQ(Say("CONFIG SET " + name + " \"\"\r\n"), "+OK\r\n");
  EXPECT_TRUE(server_->config().percentiles().empty());
}

TEST_F(ConfigCommandsTest, RewriteBringsTheFileUpToDateOrSaysWhyNot) {
  host_.file = "timeout = 1\n";
  Say("CONFIG SET timeout 9\r\n");
  EXPECT_EQ(Say("CONFIG REWRITE\r\n"), "+OK\r\n");
  EXPECT_EQ(host_.file, "timeout = 9\n");
  host_.disk_error = "No space left on device";
  EXPECT_EQ(Say("CONFIG REWRITE\r\n"), "-ERR Rewriting config file: No space left on device\r\n");
  host_.file = "timeout = x\n";  // somebody else has been at it
  EXPECT_EQ(Say("CONFIG REWRITE\r\n"),
            "-ERR Rewriting config file: /etc/kindred.toml:1: timeout cannot be 'x': argument "
            "couldn't be parsed into an integer\r\n");
}

TEST_F(ConfigCommandsTest, WithoutAFileThereIsNothingToRewrite) {
  session_.reset();
  server_ = std::make_unique<Server>(config_, shared_, host_, ProcessIdentity());
  Open(Face::kPlain);
  EXPECT_EQ(Say("CONFIG REWRITE\r\n"), "-ERR The server is running without a config file\r\n");
}

}  // namespace
}  // namespace kindred
