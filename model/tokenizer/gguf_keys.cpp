#include "model/tokenizer/gguf_keys.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "model/core/error.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;

constexpr char kTokens[] = "tokenizer.ggml.tokens";
constexpr char kTokenType[] = "tokenizer.ggml.token_type";

[[noreturn]] void bad(const std::string& what, const std::string& where) {
    throw Failure(FailureKind::kBadFile, what, where);
}

std::string element(const char* key, std::size_t index) {
    return std::string(key) + "[" + std::to_string(index) + "]";
}

const Json& array_of(const Json& value, const char* key) {
    if (!value.is_array()) bad("is no array", key);
    return value;
}

// An array with one entry for each token.
const Json& array_for(const Json& value, const char* key, std::size_t count) {
    if (array_of(value, key).size() != count)
        bad("has " + std::to_string(value.size()) + " entries for " + std::to_string(count) + " tokens", key);
    return value;
}

}  // namespace

const Json* GgufKeys::find(const char* key) const {
    const auto at = metadata_.find(key);
    return at == metadata_.end() ? nullptr : &*at;
}

const Json& GgufKeys::require(const char* key) const {
    const Json* const value = find(key);
    if (!value) throw Failure(FailureKind::kNotFound, "the metadata lack this key", key);
    return *value;
}

const std::string& GgufKeys::string(const char* key) const {
    const Json& value = require(key);
    if (!value.is_string()) bad("is no string", key);
    return value.get_ref<const std::string&>();
}

std::vector<std::string> GgufKeys::strings(const char* key) const {
    const Json& list = array_of(require(key), key);
    std::vector<std::string> strings;
    strings.reserve(list.size());
    for (const Json& entry : list) {
        if (!entry.is_string()) bad("is no string", element(key, strings.size()));
        strings.push_back(entry.get_ref<const std::string&>());
    }
    return strings;
}

std::vector<float> GgufKeys::numbers(const char* key, std::size_t count) const {
    const Json* const list = find(key);
    if (!list) return {};
    std::vector<float> numbers;
    for (const Json& entry : array_for(*list, key, count)) {
        if (!entry.is_number() || !std::isfinite(entry.get<float>()))
            bad("is no finite number", element(key, numbers.size()));
        numbers.push_back(entry.get<float>());
    }
    return numbers;
}

bool GgufKeys::flag(const char* key, bool otherwise) const {
    const Json* const value = find(key);
    if (!value) return otherwise;
    if (!value->is_boolean()) bad("is neither true nor false", key);
    return value->get<bool>();
}

std::optional<std::int32_t> GgufKeys::id(const char* key, std::size_t count) const {
    const Json* const value = find(key);
    if (!value) return std::nullopt;
    const bool known = value->is_number_unsigned() ? value->get<std::uint64_t>() < count
                                                   : value->is_number_integer() && value->get<std::int64_t>() >= 0 &&
                                                         value->get<std::uint64_t>() < count;
    if (!known) bad("is no id of the " + std::to_string(count) + " tokens", key);
    return value->get<std::int32_t>();
}

std::vector<std::string> GgufKeys::tokens() const {
    std::vector<std::string> tokens = strings(kTokens);
    if (tokens.empty()) bad("is empty", kTokens);
    if (tokens.size() > std::size_t{std::numeric_limits<std::int32_t>::max()}) bad("has too many entries", kTokens);
    return tokens;
}

std::vector<GgufTokenType> GgufKeys::token_types(std::size_t count) const {
    const Json* const list = find(kTokenType);
    if (!list) return std::vector<GgufTokenType>(count, GgufTokenType::kNormal);
    std::vector<GgufTokenType> types;
    types.reserve(count);
    for (const Json& entry : array_for(*list, kTokenType, count)) {
        if (!entry.is_number_integer()) bad("is no integer", element(kTokenType, types.size()));
        const auto type = entry.get<std::int64_t>();
        types.push_back(type >= 1 && type <= 6 ? static_cast<GgufTokenType>(type) : GgufTokenType::kNormal);
    }
    return types;
}

}  // namespace gatescope
