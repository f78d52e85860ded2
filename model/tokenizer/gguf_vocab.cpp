#include "model/tokenizer/gguf_vocab.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
using IdOfToken = std::unordered_map<std::string_view, std::int32_t>;

constexpr char kModel[] = "tokenizer.ggml.model";
constexpr char kPre[] = "tokenizer.ggml.pre";
constexpr char kTokens[] = "tokenizer.ggml.tokens";
constexpr char kTokenType[] = "tokenizer.ggml.token_type";
constexpr char kMerges[] = "tokenizer.ggml.merges";
constexpr char kBosId[] = "tokenizer.ggml.bos_token_id";
constexpr char kAddBos[] = "tokenizer.ggml.add_bos_token";

// GGUF's token types whose string stands for the token wherever a text has it.
constexpr std::int64_t kControl = 3, kUserDefined = 4;

std::string element(const char* key, std::size_t index) {
    return std::string(key) + "[" + std::to_string(index) + "]";
}

[[noreturn]] void bad(const std::string& what, const std::string& where) {
    throw Failure(FailureKind::kBadFile, what, where);
}

const Json* find(const Json& metadata, const char* key) {
    const auto at = metadata.find(key);
    return at == metadata.end() ? nullptr : &*at;
}

const Json& require(const Json& metadata, const char* key) {
    const Json* value = find(metadata, key);
    if (!value) throw Failure(FailureKind::kNotFound, "the metadata lack this key", key);
    return *value;
}

const std::string& string_of(const Json& value, const std::string& where) {
    if (!value.is_string()) bad("is no string", where);
    return value.get_ref<const std::string&>();
}

const Json& array_of(const Json& value, const char* key) {
    if (!value.is_array()) bad("is no array", key);
    return value;
}

std::vector<std::string> read_tokens(const Json& metadata) {
    const Json& list = array_of(require(metadata, kTokens), kTokens);
    if (list.empty()) bad("is empty", kTokens);
    if (list.size() > std::size_t{std::numeric_limits<std::int32_t>::max()}) bad("has too many entries", kTokens);
    std::vector<std::string> tokens;
    tokens.reserve(list.size());
    for (const Json& token : list) {
        if (!token.is_string()) bad("is no string", element(kTokens, tokens.size()));
        tokens.push_back(token.get_ref<const std::string&>());
    }
    return tokens;
}

std::vector<std::int32_t> read_specials(const Json& metadata, const std::vector<std::string>& tokens) {
    const Json* types = find(metadata, kTokenType);
    if (!types) return {};
    if (array_of(*types, kTokenType).size() != tokens.size())
        bad("has " + std::to_string(types->size()) + " entries for " + std::to_string(tokens.size()) + " tokens",
            kTokenType);
    std::vector<std::int32_t> specials;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const Json& type = (*types)[id];
        if (!type.is_number_integer()) bad("is no integer", element(kTokenType, id));
        const auto kind = type.get<std::int64_t>();
        if ((kind != kControl && kind != kUserDefined) || tokens[id].empty()) continue;
        check_utf8(tokens[id], element(kTokens, id));  // else it could cut a text inside a character
        specials.push_back(static_cast<std::int32_t>(id));
    }
    return specials;
}

// The last of two equal tokens wins, as in a Python dictionary made from the list.
IdOfToken index_tokens(const std::vector<std::string>& tokens) {
    IdOfToken ids;
    ids.reserve(tokens.size());
    for (std::size_t id = 0; id < tokens.size(); ++id) ids[tokens[id]] = static_cast<std::int32_t>(id);
    return ids;
}

BpeMerge read_merge(const std::string& text, const IdOfToken& ids, std::size_t rank) {
    const std::size_t space = text.find(' ');
    if (space == std::string::npos) bad("\"" + text + "\" is no pair of tokens", element(kMerges, rank));
    const auto id_of = [&](const std::string& token) {
        const auto found = ids.find(token);
        if (found == ids.end()) bad("names \"" + token + "\", which is no token", element(kMerges, rank));
        return found->second;
    };
    const std::string left = text.substr(0, space), right = text.substr(space + 1);
    return {id_of(left), id_of(right), id_of(left + right)};
}

std::vector<BpeMerge> read_merges(const Json& metadata, const IdOfToken& ids) {
    const Json& list = array_of(require(metadata, kMerges), kMerges);
    std::vector<BpeMerge> merges;
    merges.reserve(list.size());
    for (const Json& merge : list) {
        if (!merge.is_string()) bad("is no string", element(kMerges, merges.size()));
        merges.push_back(read_merge(merge.get_ref<const std::string&>(), ids, merges.size()));
    }
    return merges;
}

std::vector<std::int32_t> find_byte_ids(const IdOfToken& ids) {
    std::vector<std::int32_t> byte_ids;
    for (const std::string& character : byte_alphabet()) {
        const auto found = ids.find(character);
        byte_ids.push_back(found == ids.end() ? -1 : found->second);
    }
    return byte_ids;
}

std::optional<std::int32_t> read_bos(const Json& metadata, std::size_t vocabulary) {
    const Json* adds = find(metadata, kAddBos);
    if (!adds) return std::nullopt;
    if (!adds->is_boolean()) bad("is neither true nor false", kAddBos);
    if (!adds->get<bool>()) return std::nullopt;
    const Json& id = require(metadata, kBosId);
    const bool known = id.is_number_unsigned() ? id.get<std::uint64_t>() < vocabulary
                                               : id.is_number_integer() && id.get<std::int64_t>() >= 0 &&
                                                     id.get<std::uint64_t>() < vocabulary;
    if (!known) bad("is no id of the " + std::to_string(vocabulary) + " tokens", kBosId);
    return id.get<std::int32_t>();
}

}  // namespace

bool has_gguf_tokenizer(const Json& metadata) {
    return find(metadata, kModel) != nullptr;
}

BpeVocab read_gguf_vocab(const Json& metadata) {
    const std::string& model = string_of(require(metadata, kModel), kModel);
    if (model != "gpt2")
        throw Failure(FailureKind::kUnsupported, "the tokenizer is of kind \"" + model + "\"", kModel,
                      "known: gpt2 (byte-level BPE)");
    BpeVocab vocab;
    vocab.tokens = read_tokens(metadata);
    const IdOfToken ids = index_tokens(vocab.tokens);
    vocab.merges = read_merges(metadata, ids);
    vocab.specials = read_specials(metadata, vocab.tokens);
    vocab.byte_ids = find_byte_ids(ids);
    vocab.bos = read_bos(metadata, vocab.tokens.size());
    const Json* pre = find(metadata, kPre);
    vocab.pre = pre ? string_of(*pre, kPre) : "default";
    return vocab;
}

}  // namespace gatescope
