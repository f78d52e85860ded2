#pragma once
#include <cstddef>
#include <span>

namespace gatescope {

// What `git clone` leaves of a large file without Git LFS: a few lines of text in its place. Throws Failure(kBadFile).
void refuse_lfs_pointer(std::span<const std::byte> file);

}  // namespace gatescope
