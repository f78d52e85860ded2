#include "model/tokenizer/vocabulary_json.h"

#include <nlohmann/json.hpp>

#include "model/core/error.h"
#include "model/tokenizer/id_list.h"

namespace gatescope {

std::shared_ptr<const Vocabulary> read_vocabulary(const nlohmann::json& tokens, const std::string& where) {
    if (!tokens.is_object()) throw Failure(FailureKind::kBadFile, "is no object of token and id", where);
    if (tokens.empty()) throw Failure(FailureKind::kBadFile, "is empty", where);
    std::vector<std::string> by_id;
    const std::size_t most = most_ids(tokens.size());
    for (const auto& [token, id] : tokens.items()) {
        const std::string place = where + "[\"" + token + "\"]";
        const auto at = static_cast<std::size_t>(read_id(id, most, place));
        if (at >= by_id.size()) by_id.resize(at + 1);
        if (!by_id[at].empty() && !token.empty())
            throw Failure(FailureKind::kBadFile, "has id " + std::to_string(at) + " as \"" + by_id[at] + "\" has",
                          place);
        by_id[at] = token;
    }
    return std::make_shared<const Vocabulary>(std::move(by_id));
}

}  // namespace gatescope
