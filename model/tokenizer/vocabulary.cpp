#include "model/tokenizer/vocabulary.h"

namespace gatescope {

Vocabulary::Vocabulary(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {
    ids_.reserve(tokens_.size());
    for (std::size_t id = 0; id < tokens_.size(); ++id)
        if (!tokens_[id].empty()) ids_[tokens_[id]] = static_cast<std::int32_t>(id);
}

std::optional<std::int32_t> Vocabulary::find(std::string_view token) const {
    const auto found = ids_.find(token);
    if (found == ids_.end()) return std::nullopt;
    return found->second;
}

}  // namespace gatescope
