#include "model/tokenizer/added_tokens_json.h"

#include <unordered_map>

#include "model/core/error.h"
#include "model/tokenizer/id_list.h"

namespace gatescope {
namespace {

AddedToken read_added_token(const StageJson& entry, std::size_t most) {
    AddedToken token;
    token.content = entry.string("content");
    token.id = read_id(entry.require("id"), most, entry.where());
    token.special = entry.flag("special", false);
    token.single_word = entry.flag("single_word", false);
    token.lstrip = entry.flag("lstrip", false);
    token.rstrip = entry.flag("rstrip", false);
    token.normalized = entry.flag("normalized", !token.special);
    return token;
}

void check_against(const Vocabulary& vocabulary, const AddedToken& token, const StageJson& entry) {
    const auto known = vocabulary.find(token.content);
    if (known && *known != token.id)
        entry.bad("id", "is " + std::to_string(token.id) + ", but the vocabulary has \"" + token.content + "\" as " +
                            std::to_string(*known));
    const auto at = static_cast<std::size_t>(token.id);
    if (!known && at < vocabulary.size() && !vocabulary.tokens()[at].empty())
        entry.bad("id", "is " + std::to_string(token.id) + ", which the vocabulary has as \"" +
                            vocabulary.tokens()[at] + "\"");
}

}  // namespace

std::vector<AddedToken> read_added_tokens(const std::vector<StageJson>& list, const Vocabulary& vocabulary) {
    const std::size_t most = most_ids(vocabulary.size() + list.size());
    std::vector<AddedToken> tokens;
    std::unordered_map<std::int32_t, std::string> seen;
    for (const StageJson& entry : list) {
        AddedToken token = read_added_token(entry, most);
        if (token.content.empty()) continue;
        check_against(vocabulary, token, entry);
        const auto [at, fresh] = seen.emplace(token.id, token.content);
        if (!fresh && at->second != token.content)
            entry.bad("id", "is " + std::to_string(token.id) + ", which \"" + at->second + "\" has too");
        if (fresh) tokens.push_back(std::move(token));
    }
    return tokens;
}

}  // namespace gatescope
