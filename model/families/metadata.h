#pragma once
// Typed reading of a checkpoint's metadata: every key is checked for presence, type and range before it is believed.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace gatescope {

class Metadata {
  public:
    // `prefix` is put in front of every key: "llama.".
    Metadata(const nlohmann::json& json, std::string prefix);

    bool has(const std::string& key) const;
    // Whole numbers within [least, most]. Throw Failure(kBadFile) naming the key and what is allowed.
    std::int64_t integer(const std::string& key, std::int64_t least, std::int64_t most) const;
    std::int64_t integer_or(const std::string& key, std::int64_t least, std::int64_t most,
                            std::int64_t otherwise) const;
    // Finite numbers above zero, at most `most`.
    double positive(const std::string& key, double most) const;
    double positive_or(const std::string& key, double most, double otherwise) const;
    std::optional<std::string> text(const std::string& key) const;

  private:
    const nlohmann::json* find(const std::string& key) const;
    const nlohmann::json& require(const std::string& key) const;

    const nlohmann::json& json_;
    std::string prefix_;
};

}  // namespace gatescope
