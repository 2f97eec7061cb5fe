#include "io/tls_context.h"

#include "tests/unit/io/temporary_directory.h"
#include "tests/unit/io/tls_fixture.h"

namespace kindred {
namespace {

class TlsContextTest : public testing::Test {
 protected:
  std::string Refusal() { return std::string(context_.Configure(settings_).message()); }
  std::string Write(const std::string& name, const std::string& text) {
    const std::string path = directory_ / name;
    std::FILE* file = std::fopen(path.c_str(), "w");
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
    return path;
  }

  TemporaryDirectory directory_;
  const Signed ca_{"the CA", nullptr};
  TlsSettings settings_ = SettingsOf(directory_.path(), "server", ca_);
  TlsContext context_;
};

TEST_F(TlsContextTest, WhatIsMissingIsNamed) {
  EXPECT_EQ(Refusal(), "");
  const TlsSettings all = settings_;
  settings_.cert_file.clear();
  EXPECT_EQ(Refusal(), "TLS needs a certificate: set tls-cert-file");
  settings_ = all;
  settings_.key_file.clear();
  EXPECT_EQ(Refusal(), "TLS needs the certificate's key: set tls-key-file");
  settings_ = all;
  settings_.ca_cert_file.clear();
  const std::string no_ca =
      "tls-ca-cert-file or tls-ca-cert-dir has to be set where certificates are asked for: with "
      "tls-cluster, and unless tls-auth-clients is no";
  EXPECT_EQ(Refusal(), no_ca);
  settings_.auth_clients = TlsSettings::AuthClients::kNo;
  EXPECT_EQ(Refusal(), "");
  settings_.peers = true;
  EXPECT_EQ(Refusal(), no_ca);
}

TEST_F(TlsContextTest, FilesThatAreNoneAreNamed) {
  const TlsSettings all = settings_;
  settings_.cert_file = "/nonexistent/a.crt";
  EXPECT_EQ(Refusal(),
            "tls-cert-file /nonexistent/a.crt cannot be used: No such file or directory");
  settings_ = all;
  settings_.key_file = Write("empty.key", "");
  EXPECT_EQ(Refusal(), "tls-key-file " + settings_.key_file + " cannot be used: unsupported");
  settings_ = all;
  settings_.ca_cert_file = Write("ca.txt", "no certificate");
  EXPECT_EQ(Refusal(), "tls-ca-cert-file " + settings_.ca_cert_file +
                           " cannot be used: no certificate or crl found");
}

TEST_F(TlsContextTest, AKeyOfAnotherCertificateIsRefused) {
  settings_.key_file = Signed("somebody else", &ca_).WriteKey(directory_ / "other.key");
  EXPECT_EQ(Refusal(),
            "tls-key-file " + settings_.key_file + " cannot be used: key values mismatch");
}

TEST_F(TlsContextTest, AKeyMayHaveAPassphrase) {
  const Signed own("with a passphrase", &ca_);
  settings_.cert_file = own.WriteCertificate(directory_ / "own.crt");
  settings_.key_file = own.WriteKey(directory_ / "own.key", "sesame");
  EXPECT_NE(Refusal(), "") << "nobody is asked for it";
  settings_.key_file_pass = "wrong";
  EXPECT_NE(Refusal(), "");
  settings_.key_file_pass = "sesame";
  EXPECT_EQ(Refusal(), "");
}

TEST_F(TlsContextTest, ProtocolsAndCiphersAreThoseThatAreNamed) {
  settings_.protocols = "TLSv1.3";
  settings_.ciphersuites = "TLS_AES_128_GCM_SHA256";
  settings_.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256";
  EXPECT_EQ(Refusal(), "");
  settings_.protocols = "TLSv1.1 TLSv1.2";
  EXPECT_EQ(Refusal(),
            "tls-protocols is 'TLSv1.1 TLSv1.2', but can only be of TLSv1.2 and TLSv1.3");
  settings_.protocols.clear();
  settings_.ciphers = "nonsense";
  EXPECT_EQ(Refusal(), "tls-ciphers 'nonsense' cannot be used: no cipher match");
}

}  // namespace
}  // namespace kindred
