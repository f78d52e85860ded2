#pragma once
// Typed reading of a checkpoint's metadata: every key is checked for presence, type and range before it is believed.
// A key that is null counts as absent.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

class Metadata {
  public:
    // `prefix` is put in front of every key: "llama.".
    Metadata(const nlohmann::json& json, std::string prefix);

    bool has(const std::string& key) const;
    // Is the key there, if only as null? config.json says "none" with null, and absence leaves a default.
    bool states(const std::string& key) const;
    // Whole numbers within [least, most]. Throw Failure(kBadFile) naming the key and what is allowed.
    std::int64_t integer(const std::string& key, std::int64_t least, std::int64_t most) const;
    std::int64_t integer_or(const std::string& key, std::int64_t least, std::int64_t most,
                            std::int64_t otherwise) const;
    // Finite numbers above zero, at most `most`.
    double positive(const std::string& key, double most) const;
    double positive_or(const std::string& key, double most, double otherwise) const;
    bool boolean_or(const std::string& key, bool otherwise) const;
    std::optional<std::string> text(const std::string& key) const;
    // A list of `count` texts; nothing where the key is absent.
    std::optional<std::vector<std::string>> texts(const std::string& key, std::size_t count) const;
    // A list of `count` truths; nothing where the key is absent or no list.
    std::optional<std::vector<bool>> booleans(const std::string& key, std::size_t count) const;
    // The object under a key, whose messages name both ("rope_scaling.factor"); nothing where it is absent or empty.
    std::optional<Metadata> section(const std::string& key) const;
    // The key as messages name it.
    std::string name_of(const std::string& key) const { return section_ + prefix_ + key; }

  private:
    const nlohmann::json* find(const std::string& key) const;
    const nlohmann::json& require(const std::string& key) const;

    const nlohmann::json* json_;
    std::string prefix_, section_;
};

}  // namespace gatescope
