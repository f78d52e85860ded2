#include "model/tokenizer/gguf_vocab.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "model/core/error.h"
#include "model/tokenizer/byte_alphabet.h"
#include "model/tokenizer/gguf_keys.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

using Json = nlohmann::json;
using IdOfToken = std::unordered_map<std::string_view, std::int32_t>;

constexpr char kPre[] = "tokenizer.ggml.pre";
constexpr char kMerges[] = "tokenizer.ggml.merges";

std::string element(const char* key, std::size_t index) {
    return std::string(key) + "[" + std::to_string(index) + "]";
}

[[noreturn]] void bad(const std::string& what, const std::string& where) {
    throw Failure(FailureKind::kBadFile, what, where);
}

// Control and user-defined tokens stand for themselves wherever a text has them.
std::vector<std::int32_t> find_specials(const GgufKeys& keys, const std::vector<std::string>& tokens) {
    const std::vector<GgufTokenType> types = keys.token_types(tokens.size());
    std::vector<std::int32_t> specials;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const bool special = types[id] == GgufTokenType::kControl || types[id] == GgufTokenType::kUserDefined;
        if (!special || tokens[id].empty()) continue;
        check_utf8(tokens[id], element("tokenizer.ggml.tokens", id));  // else it could cut a text inside a character
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

std::vector<BpeMerge> read_merges(const GgufKeys& keys, const IdOfToken& ids) {
    std::vector<BpeMerge> merges;
    for (const std::string& merge : keys.strings(kMerges)) merges.push_back(read_merge(merge, ids, merges.size()));
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

std::optional<std::int32_t> read_bos(const GgufKeys& keys, std::size_t vocabulary) {
    constexpr char kBosId[] = "tokenizer.ggml.bos_token_id";
    if (!keys.flag("tokenizer.ggml.add_bos_token", false)) return std::nullopt;
    const auto id = keys.id(kBosId, vocabulary);
    if (!id) throw Failure(FailureKind::kNotFound, "the metadata lack this key", kBosId);
    return id;
}

}  // namespace

BpeVocab read_gguf_vocab(const nlohmann::json& metadata) {
    const GgufKeys keys(metadata);
    BpeVocab vocab;
    vocab.tokens = keys.tokens();
    const IdOfToken ids = index_tokens(vocab.tokens);
    vocab.merges = read_merges(keys, ids);
    vocab.specials = find_specials(keys, vocab.tokens);
    vocab.byte_ids = find_byte_ids(ids);
    vocab.bos = read_bos(keys, vocab.tokens.size());
    vocab.pre = metadata.contains(kPre) ? keys.string(kPre) : "default";
    return vocab;
}

}  // namespace gatescope
