#pragma once
// A token's bytes as HDF5 can keep them.

#include <string>

namespace gatescope {

// UTF-8; what is none, and NUL, at which HDF5 ends a string, becomes U+FFFD.
std::string piece_text(const std::string& bytes);

}  // namespace gatescope
