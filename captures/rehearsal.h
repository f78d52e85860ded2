#pragma once
// Work on a file that may bring HDF5 down is done once in a child process first: HDF5 1.10 trusts the sizes and numbers
// in its global heap, and a few flipped bits there end the process that reads them.

#include <functional>
#include <string>

namespace gatescope {

// Runs `work` in a child that is thrown away; exceptions in it are none of ours. Throws Failure(kBadFile) naming
// `where` when the child dies of it.
void rehearse(const std::function<void()>& work, const std::string& where);

}  // namespace gatescope
