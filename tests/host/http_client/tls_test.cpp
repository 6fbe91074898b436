#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <filesystem>

#include "tests/host/http_client/calling.hpp"

namespace host::http_client {
namespace {

using tests::Calling;
using tests::get;
using tests::Peer;
using tests::Received;
using tests::ScriptedServer;

// A certificate for one name that vouches for itself, a server's context that shows it, and the file that trusts it.
class Certificate {
  public:
    explicit Certificate(const std::string& name) : file_(std::filesystem::temp_directory_path() / unique(name)) {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* subject = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                   0);
        X509_set_issuer_name(certificate, subject);
        X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str());
        X509_add_ext(certificate, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate, key, EVP_sha256());
        context_ = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context_, certificate);
        SSL_CTX_use_PrivateKey(context_, key);
        std::FILE* out = std::fopen(file_.c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Certificate() {
        SSL_CTX_free(context_);
        std::filesystem::remove(file_);
    }
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    SSL_CTX* context() const { return context_; }
    const std::filesystem::path& file() const { return file_; }

  private:
    static std::string unique(const std::string& name) { return "gantry-" + std::to_string(getpid()) + "-" + name + ".pem"; }

    const std::filesystem::path file_;
    SSL_CTX* context_ = nullptr;
};

Settings trusting(const Certificate& certificate, const ScriptedServer& server, const std::string& name) {
    return {.ca_file = certificate.file(), .resolve = {name + ":" + std::to_string(server.port()) + ":127.0.0.1"}};
}

TEST(Tls, TrustsTheCertificateOfTheConfiguredAuthority) {
    const Certificate certificate("right.test");
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "secure"); }, certificate.context());
    Calling calling(trusting(certificate, server, "right.test"));
    const auto outcome = calling.run(get("https://right.test:" + std::to_string(server.port()) + "/"));
    EXPECT_EQ(outcome.failure(), "");
    EXPECT_EQ(outcome.body, "secure");
}

TEST(Tls, RefusesACertificateForAnotherName) {
    const Certificate certificate("other.test");
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "secure"); }, certificate.context());
    Calling calling(trusting(certificate, server, "right.test"));
    EXPECT_EQ(calling.run(get("https://right.test:" + std::to_string(server.port()) + "/")).failure(), "TLS_NOT_TRUSTED");
    EXPECT_TRUE(server.received().empty()) << "nothing is said to a stranger";
}

TEST(Tls, RefusesACertificateThatNobodyVouchesFor) {
    const Certificate certificate("right.test");
    const Certificate authority("authority.test");
    ScriptedServer server([](Peer& peer, const Received&) { peer.answer(200, "secure"); }, certificate.context());
    Calling calling(trusting(authority, server, "right.test"));
    EXPECT_EQ(calling.run(get("https://right.test:" + std::to_string(server.port()) + "/")).failure(), "TLS_NOT_TRUSTED");
    EXPECT_TRUE(server.received().empty());
}

TEST(Tls, IsNotLeftByARedirect) {
    const Certificate certificate("right.test");
    ScriptedServer plain([](Peer& peer, const Received&) { peer.answer(200, "plain"); });
    ScriptedServer server([&](Peer& peer, const Received&) { peer.answer(302, "", "Location: " + plain.url() + "\r\n"); },
                          certificate.context());
    Calling calling(trusting(certificate, server, "right.test"));
    Call call = get("https://right.test:" + std::to_string(server.port()) + "/");
    call.follow = true;
    EXPECT_EQ(calling.run(std::move(call)).failure(), "REDIRECT_DENIED");
    EXPECT_EQ(plain.connections(), 0u);
}

TEST(Tls, NeedsACaFileThatIsThere) {
    Client client({.ca_file = "/nowhere/ca.pem"}, tests::silent_logger());
    EXPECT_THROW(client.start(), core::Error);
}

}  // namespace
}  // namespace host::http_client
