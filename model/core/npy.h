#pragma once
// NumPy's .npy: one array in a file. Headers come from anywhere, so every number in them is checked. No torch.

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace gatescope {

// An array of whole numbers of any number of dimensions, row-major. `data` is what its shape needs of the bytes.
struct NpyIntegers {
    std::vector<std::int64_t> shape;  // each at least 0
    std::int64_t width = 0;           // bytes a number: 4 or 8
    std::string_view data;
    std::int64_t count() const { return static_cast<std::int64_t>(data.size()) / width; }
    std::int64_t at(std::int64_t index) const;
};

// `where` names the file in what is thrown: Failure(kBadFile), kUnsupported for other types than int32 and int64 and
// for Fortran order. Nothing is copied or allocated by what the header claims.
NpyIntegers parse_npy_integers(std::string_view bytes, const std::string& where);

// Does the file begin as an .npy does?
bool is_npy(std::string_view bytes);

// The one-dimensional int64 array in `bytes`; `where` names the file. Throws Failure(kBadFile, kUnsupported).
std::vector<std::int64_t> parse_npy_ids(std::string_view bytes, const std::string& where);

// Header of a float32 array [rows, columns], to be followed by its values.
std::string npy_float32_header(std::int64_t rows, std::int64_t columns);

}  // namespace gatescope
