#pragma once
// SHA-256 of bytes that come in parts.

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace gatescope {

class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::span<const std::byte> bytes);
    // Lower-case hex of all that was added; the last call.
    std::string hex();

  private:
    struct State;  // OpenSSL's
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
