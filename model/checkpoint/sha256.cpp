#include "model/checkpoint/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "model/core/error.h"

namespace gatescope {

namespace {

void require(int succeeded) {
    if (succeeded != 1) throw Failure(FailureKind::kInternal, "OpenSSL can't compute a sha256");
}

struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

struct Sha256::State {
    std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
    require(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::add(std::span<const std::byte> bytes) {
    require(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    require(EVP_DigestFinal_ex(state_->context.get(), digest.data(), &length));
    constexpr const char* kDigits = "0123456789abcdef";
    std::string out;
    for (unsigned int i = 0; i < length; ++i) {
        out.push_back(kDigits[digest.at(i) >> 4]);
        out.push_back(kDigits[digest.at(i) & 0x0f]);
    }
    return out;
}

}  // namespace gatescope
