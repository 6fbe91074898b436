#include "tests/support/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace support {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

File open(const std::filesystem::path& path, const char* mode) {
    File file(std::fopen(path.c_str(), mode), &std::fclose);
    if (!file) throw std::runtime_error("cannot open " + path.string());
    return file;
}

void require(bool done, const char* what) {
    if (!done) throw std::runtime_error(std::string("OpenSSL: ") + what);
}

void extend(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context{};
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()), &X509_EXTENSION_free);
    require(extension && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

Certificate blank(const std::string& common_name, int days, EVP_PKEY* key) {
    constexpr long day = 24 * 60 * 60;
    Certificate made(X509_new(), &X509_free);
    X509_set_version(made.get(), 2);
    std::uint64_t serial = 0;
    RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * 365 * day);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), days * day + 60);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_pubkey(made.get(), key);
    return made;
}

void write(const Certificates::Files& files, X509* certificate, EVP_PKEY* key) {
    require(PEM_write_X509(open(files.certificate, "w").get(), certificate) == 1, "writing a certificate");
    require(PEM_write_PrivateKey(open(files.key, "w").get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "writing a key");
}

}  // namespace

Certificates::Certificates() {
    std::string name = std::filesystem::temp_directory_path() / "certificates.XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
}

Certificates::~Certificates() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

Certificates::Files Certificates::files_of(const std::string& name) const {
    return {directory_ / (name + ".pem"), directory_ / (name + ".key")};
}

std::filesystem::path Certificates::authority(const std::string& name) {
    const Files files = files_of(name);
    if (std::filesystem::exists(files.certificate)) return files.certificate;
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate made = blank(name, 3650, key.get());
    X509_set_issuer_name(made.get(), X509_get_subject_name(made.get()));
    extend(made.get(), made.get(), NID_basic_constraints, "critical,CA:TRUE");
    require(X509_sign(made.get(), key.get(), EVP_sha256()) > 0, "signing an authority");
    write(files, made.get(), key.get());
    return files.certificate;
}

Certificates::Files Certificates::make(const std::string& file, const Wanted& wanted) {
    authority(wanted.authority);
    const Files signer = files_of(wanted.authority);
    const Certificate issuer(PEM_read_X509(open(signer.certificate, "r").get(), nullptr, nullptr, nullptr), &X509_free);
    const Key issuer_key(PEM_read_PrivateKey(open(signer.key, "r").get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    require(issuer && issuer_key, "reading the authority");
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const Certificate made = blank(wanted.common_name, wanted.days, key.get());
    X509_set_issuer_name(made.get(), X509_get_subject_name(issuer.get()));
    std::string names;
    for (const std::string& name : wanted.names)
        names += (names.empty() ? "DNS:" : ",DNS:") + name;
    if (!names.empty()) extend(made.get(), issuer.get(), NID_subject_alt_name, names);
    require(X509_sign(made.get(), issuer_key.get(), EVP_sha256()) > 0, "signing");
    const Files files = files_of(file);
    write(files, made.get(), key.get());
    return files;
}

}  // namespace support
