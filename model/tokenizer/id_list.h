#pragma once
// Ids read from a file nobody vouches for: no list by id may be larger than the file's tokens justify.

#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace gatescope {

// How many ids a list of `tokens` tokens may span: real vocabularies have few unused ids, if any.
std::size_t most_ids(std::size_t tokens);

// An id below `most`. Throws Failure(kBadFile) naming `where`.
std::int32_t read_id(const nlohmann::json& id, std::size_t most, const std::string& where);

}  // namespace gatescope
