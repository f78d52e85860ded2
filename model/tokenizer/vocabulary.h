#pragma once
// The tokens of a model stage by id, and the ids by token. Shared by the stages; immutable.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatescope {

class Vocabulary {
  public:
    // Tokens by id as the file spells them; an empty string where an id has none. Of equal ones the last id is found.
    explicit Vocabulary(std::vector<std::string> tokens);
    Vocabulary(const Vocabulary&) = delete;
    Vocabulary& operator=(const Vocabulary&) = delete;

    std::size_t size() const { return tokens_.size(); }
    const std::vector<std::string>& tokens() const { return tokens_; }
    // Nothing for the empty string.
    std::optional<std::int32_t> find(std::string_view token) const;

  private:
    std::vector<std::string> tokens_;
    std::unordered_map<std::string_view, std::int32_t> ids_;  // into tokens_
};

}  // namespace gatescope
