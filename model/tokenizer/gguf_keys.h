#pragma once
// A GGUF file's tokenizer metadata (tokenizer.ggml.*), read key by key; every complaint names the key.

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

// The types of token_type.
enum class GgufTokenType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

class GgufKeys {
  public:
    // `metadata` outlives this object.
    explicit GgufKeys(const nlohmann::json& metadata) : metadata_(metadata) {}

    // Throw Failure: kNotFound for a missing key, kBadFile for another type.
    const std::string& string(const char* key) const;
    std::vector<std::string> strings(const char* key) const;
    // One number for each of `count` tokens; empty when the key is missing.
    std::vector<float> numbers(const char* key, std::size_t count) const;
    bool flag(const char* key, bool otherwise) const;
    // An id below `count`; nothing when the key is missing.
    std::optional<std::int32_t> id(const char* key, std::size_t count) const;

    // tokenizer.ggml.tokens: at least one, not more than an id can count.
    std::vector<std::string> tokens() const;
    // tokenizer.ggml.token_type, for each of `count` tokens; all normal when the key is missing. Numbers that are no
    // type count as normal.
    std::vector<GgufTokenType> token_types(std::size_t count) const;

  private:
    const nlohmann::json* find(const char* key) const;
    const nlohmann::json& require(const char* key) const;

    const nlohmann::json& metadata_;
};

}  // namespace gatescope
