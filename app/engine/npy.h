#pragma once
// NumPy's .npy: one array in a file. Headers come from anywhere, so every number in them is checked. No torch.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gatescope {

// The one-dimensional int64 array in `bytes`; `where` names the file. Throws Failure(kBadFile, kUnsupported).
std::vector<std::int64_t> parse_npy_ids(std::string_view bytes, const std::string& where);

// Header of a float32 array [rows, columns], to be followed by its values.
std::string npy_float32_header(std::int64_t rows, std::int64_t columns);

}  // namespace gatescope
