#pragma once
// What results are told apart by. No torch.

#include <cstdint>

namespace gatescope {

// One that no other result of this process has; never 0.
std::uint64_t next_result_id();

}  // namespace gatescope
