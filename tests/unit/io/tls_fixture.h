#ifndef KINDRED_TESTS_UNIT_IO_TLS_FIXTURE_H_
#define KINDRED_TESTS_UNIT_IO_TLS_FIXTURE_H_

// Certificate authorities and what they sign, made with OpenSSL in a temporary directory.

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/check.h"
#include "io/tls_context.h"

namespace kindred {

using PrivateKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

// A key and a certificate, signed by `signer`'s or by itself.
struct Signed {
  Signed(const std::string& name, const Signed* signer)
      : key(EVP_EC_gen("P-256"), &EVP_PKEY_free), certificate(X509_new(), &X509_free) {
    static int serial = 0;
    X509* x509 = certificate.get();
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    const X509* issuer = signer == nullptr ? x509 : signer->certificate.get();
    X509_set_issuer_name(x509, X509_get_subject_name(issuer));
    if (signer == nullptr) {
      X509_EXTENSION* is_ca =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE");
      X509_add_ext(x509, is_ca, -1);
      X509_EXTENSION_free(is_ca);
    }
    CHECK(X509_sign(x509, signer == nullptr ? key.get() : signer->key.get(), EVP_sha256()) > 0);
  }

  // Returns the file's name.
  std::string WriteCertificate(const std::string& path) const {
    std::FILE* file = std::fopen(path.c_str(), "w");
    CHECK(file != nullptr && PEM_write_X509(file, certificate.get()) == 1);
    std::fclose(file);
    return path;
  }
  std::string WriteKey(const std::string& path, const char* password = nullptr) const {
    std::FILE* file = std::fopen(path.c_str(), "w");
    CHECK(file != nullptr);
    CHECK(PEM_write_PKCS8PrivateKey(file, key.get(), password ? EVP_aes_128_cbc() : nullptr,
                                    nullptr, 0, nullptr, const_cast<char*>(password)) == 1);
    std::fclose(file);
    return path;
  }

  PrivateKey key;
  Certificate certificate;
};

// The settings of somebody called `name`, of the CA in ca.crt below `directory`.
inline TlsSettings SettingsOf(const std::string& directory, const std::string& name,
                              const Signed& ca) {
  const Signed own(name, &ca);
  TlsSettings settings;
  settings.cert_file = own.WriteCertificate(directory + "/" + name + ".crt");
  settings.key_file = own.WriteKey(directory + "/" + name + ".key");
  settings.ca_cert_file = ca.WriteCertificate(directory + "/" + name + ".ca.crt");
  return settings;
}

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_IO_TLS_FIXTURE_H_
