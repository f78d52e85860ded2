#pragma once
// The key-value part of a GGUF header.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "model/checkpoint/byte_cursor.h"

namespace gatescope {

// A key's or tensor's name: printable ASCII, not empty. `what` is "a key" or "a tensor's name".
std::string read_gguf_name(ByteCursor& cursor, const std::string& what);

// Reads `count` pairs into an object. Throws Failure(kBadFile, kUnsupported) with the key as `where`.
nlohmann::json read_gguf_metadata(ByteCursor& cursor, std::uint64_t count);

}  // namespace gatescope
