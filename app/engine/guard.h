#pragma once
// The engine's border: what is thrown below becomes an Error here, and nowhere else. No torch.

#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "model/core/error.h"

namespace gatescope {

// Inside a catch block: the Error of what is being handled. A Failure keeps its line, Cancelled is no failure, and
// anything foreign (torch, HDF5, bad_alloc) is named after `job` and cut to its first line.
Error current_error(const std::string& job);

// Runs a piece of `job`; what it throws comes back as an Error.
tl::expected<bool, Error> guarded(const std::string& job, const std::function<bool()>& piece);

}  // namespace gatescope
