#pragma once
// JSON from files that nobody vouches for: config.json, tokenizer.json, the index of a sharded checkpoint.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gatescope {

// Parses a whole text. Nothing nested deeper than 100 gets through, so that whoever walks the value may recurse; all
// strings are UTF-8. Of a key that is there twice the last counts, as in Python. Throws Failure(kBadFile).
nlohmann::json parse_json(std::string_view text);

// A regular file of at most `most_bytes`, read whole. Throws Failure(kNotFound, kUnsupported, kBadFile, kResource) with
// the path as `where`.
std::string read_small_file(const std::filesystem::path& path, std::uint64_t most_bytes);

// A file that must hold a JSON object. Throws as the two above, with the path as `where`.
nlohmann::json read_json_object(const std::filesystem::path& path, std::uint64_t most_bytes);

}  // namespace gatescope
