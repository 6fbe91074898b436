#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <thread>

#include "host/core/error.hpp"
#include "tests/host/http/wire_tls.hpp"

namespace {

using namespace std::chrono_literals;
using support::Certificates;
using support::RawClient;
using wire::TlsClient;
using wire::TlsServed;

// What a server without certificates that can serve says when it starts.
std::string refusal_to_start(const wire::Settings& settings) {
    try {
        const wire::WireServer server(wire::echo, settings);
        return "";
    } catch (const host::core::Error& error) {
        EXPECT_EQ(error.code(), host::core::Code::InvalidArgument);
        return error.what();
    }
}

TEST(WireTls, ServesTls12AndTls13) {
    const TlsServed served;
    TlsClient newest = served.connect(), older = served.connect({.version_max = TLS1_2_VERSION});
    EXPECT_EQ(newest.version(), "TLSv1.3");
    EXPECT_EQ(older.version(), "TLSv1.2");
    for (TlsClient* client : {&newest, &older}) {
        for (int i = 0; i < 3; ++i) {
            const auto answer = client->send("POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody").read_answer();
            EXPECT_EQ(answer.status, 200);
            EXPECT_EQ(answer.body, "POST /a?b\nHost=a\nContent-Length=4\nbody");
        }
    }
}

TEST(WireTls, OlderVersionsAreRefused) {
    TlsServed served;
    for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
        EXPECT_THROW(served.connect({.version_max = version, .old_versions = true}), std::runtime_error);
    }
    EXPECT_TRUE(wire::eventually([&] { return served->counters().tls_failures == 2; }));
    EXPECT_EQ(served.connect({.old_versions = true}).send(wire::get).read_answer().status, 200);
    EXPECT_EQ(served->counters().tls_handshakes, 1U);
}

TEST(WireTls, TheNameThatIsAskedForChoosesTheCertificate) {
    TlsServed served(wire::echo, [](wire::Settings& settings, TlsServed& self) {
        const auto exact = self.certificates.make("exact", {"exact", {"api.example.net", "example.net"}});
        const auto wild = self.certificates.make("wild", {"wild", {"*.example.net"}});
        settings.tls.certificates.insert(settings.tls.certificates.end(), {wild.certificate, exact.certificate});
        settings.tls.keys.insert(settings.tls.keys.end(), {wild.key, exact.key});
    });
    const auto shown = [&](const std::string& name) { return served.connect({.server_name = name}).certificate_name(); };
    EXPECT_EQ(shown("example.org"), "example.org");
    EXPECT_EQ(shown("api.example.net"), "exact");
    EXPECT_EQ(shown("API.Example.Net"), "exact");
    EXPECT_EQ(shown("www.example.net"), "wild");
    EXPECT_EQ(shown("a.b.example.net"), "example.org") << "an asterisk stands for one label";
    EXPECT_EQ(shown("other.test"), "example.org");
    EXPECT_EQ(shown(""), "example.org");
}

TEST(WireTls, HttpIsTheOnlyProtocolThatIsAgreedOn) {
    const TlsServed served;
    EXPECT_EQ(served.connect({.protocols = "h2,http/1.1"}).protocol(), "http/1.1");
    EXPECT_EQ(served.connect().protocol(), "");
    EXPECT_THROW(served.connect({.protocols = "h2,spdy/3"}), std::runtime_error);
}

TEST(WireTls, RequestsKnowThatTheyCameByTls) {
    const auto say = [](const wire::Request& request, wire::Reply reply) {
        wire::answer(reply, request.tls ? "tls" : "plain");
    };
    TlsServed served(say, [](wire::Settings& settings, TlsServed&) { settings.listen.push_back("127.0.0.1:0"); });
    EXPECT_EQ(served.connect().send(wire::get).read_answer().body, "tls");
    EXPECT_EQ(RawClient(served.server->address(1)).send(wire::get).read_answer().body, "plain");
}

struct ClientCertificates {
    explicit ClientCertificates(host::http::ClientCertificate mode)
        : served([](const wire::Request& request,
                    wire::Reply reply) { wire::answer(reply, "<" + std::string(request.client_subject) + ">"); },
                 [mode](wire::Settings& settings, TlsServed& self) {
                     settings.tls.client_ca_file = self.certificates.authority("clients");
                     settings.tls.client_certificate = mode;
                 }) {}

    std::string ask(const std::string& authority) {
        const auto files = served.certificates.make("client", {"robot, 7", {}, 30, authority});
        return served.connect({.certificate = files.certificate, .key = files.key}).send(wire::get).read_answer().body;
    }

    TlsServed served;
};

TEST(WireTls, AClientCertificateIsRequiredAndItsSubjectIsTold) {
    ClientCertificates clients(host::http::ClientCertificate::Required);
    EXPECT_EQ(clients.ask("clients"), R"(<CN=robot\, 7>)");
    EXPECT_THROW(clients.ask("strangers"), std::runtime_error);
    // In TLS 1.3 the client learns that it is refused after its own handshake is done.
    EXPECT_THROW(clients.served.connect().send(wire::get).read_answer(), std::runtime_error);
    EXPECT_THROW(clients.served.connect({.version_max = TLS1_2_VERSION}), std::runtime_error);
}

TEST(WireTls, AnOptionalClientCertificateMayBeMissingButNotBeWrong) {
    ClientCertificates clients(host::http::ClientCertificate::Optional);
    EXPECT_EQ(clients.ask("clients"), R"(<CN=robot\, 7>)");
    EXPECT_EQ(clients.served.connect().send(wire::get).read_answer().body, "<>");
    EXPECT_THROW(clients.ask("strangers"), std::runtime_error);
}

TEST(WireTls, TheSubjectIsKeptWhenSessionsResumeAndSessionsEndWithTheirAuthority) {
    ClientCertificates clients(host::http::ClientCertificate::Optional);
    const auto files = clients.served.certificates.make("client", {"robot", {}, 30, "clients"});
    TlsClient first = clients.served.connect({.certificate = files.certificate, .key = files.key});
    EXPECT_EQ(first.send(wire::get).read_answer().body, "<CN=robot>");
    auto* session = first.session();
    {
        TlsClient again = clients.served.connect({.resume = session});
        EXPECT_TRUE(again.resumed());
        EXPECT_EQ(again.send(wire::get).read_answer().body, "<CN=robot>");
    }
    std::filesystem::copy_file(clients.served.certificates.authority("others"),
                               clients.served.certificates.authority("clients"),
                               std::filesystem::copy_options::overwrite_existing);
    clients.served->reload_certificates();
    TlsClient later = clients.served.connect({.resume = session});
    EXPECT_FALSE(later.resumed());
    EXPECT_EQ(later.send(wire::get).read_answer().body, "<>");
    TlsClient::free_session(session);
}

TEST(WireTls, SessionsResumeInBothVersionsAndOverAReload) {
    TlsServed served;
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        TlsClient first = served.connect({.version_max = version});
        first.send(wire::get).read_answer();
        auto* session = first.session();
        EXPECT_TRUE(served.connect({.version_max = version, .resume = session}).resumed());
        served->reload_certificates();
        EXPECT_TRUE(served.connect({.version_max = version, .resume = session}).resumed());
        TlsClient::free_session(session);
    }
}

TEST(WireTls, NobodyRenegotiates) {
    const TlsServed served;
    EXPECT_FALSE(served.connect({.version_max = TLS1_2_VERSION}).renegotiate());
}

TEST(WireTls, WhatCannotServeIsNamedAtTheStart) {
    Certificates certificates;
    const auto good = certificates.make("good", {"good"}), other = certificates.make("other", {"other"});
    auto settings = wire::protected_by(good);
    settings.tls.certificates.clear();
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("http.tls.certificates"));
    settings = wire::protected_by(good);
    settings.tls.keys = {other.key};
    EXPECT_EQ(refusal_to_start(settings), other.key.string() + " is not the key of " + good.certificate.string());
    settings.tls.keys = {certificates.directory() / "absent.key"};
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("absent.key cannot be opened"));
    settings.tls.keys = {good.certificate};
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("good.pem holds no key"));
    settings = wire::protected_by({good.key, good.key});
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("good.key holds no certificate"));
    settings = wire::protected_by(good);
    settings.tls.client_ca_file = good.key;
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("good.key holds no certificates of authorities"));
    settings = wire::protected_by(good);
    settings.tls.keys.push_back(other.key);
    EXPECT_THAT(refusal_to_start(settings), testing::HasSubstr("found 2 for 1"));
}

TEST(WireTls, AKeyMayStandInItsCertificatesFile) {
    Certificates certificates;
    const auto files = certificates.make("both", {"both"});
    std::ofstream(files.certificate, std::ios::app) << std::ifstream(files.key).rdbuf();
    auto settings = wire::protected_by(files);
    settings.tls.keys.clear();
    const wire::WireServer server(wire::echo, settings);
    EXPECT_EQ(TlsClient(server.address()).send(wire::get).read_answer().status, 200);
}

TEST(WireTls, ACertificateThatEndsSoonIsLoggedOnce) {
    Certificates certificates;
    auto settings = wire::protected_by(certificates.make("short", {"short", {"short.example.org"}, 5}));
    wire::WireServer server(wire::echo, settings);
    EXPECT_EQ(server->certificates().at(0).names, std::vector<std::string>{"short.example.org"});
    std::this_thread::sleep_for(600ms);  // two ticks of the workers, which all ask
    server->stop();
    const std::string& log = server.log();
    EXPECT_THAT(log, testing::HasSubstr("the certificate of short.example.org ends in 5 days"));
    EXPECT_EQ(log.find("ends soon"), log.rfind("ends soon"));
}

}  // namespace
