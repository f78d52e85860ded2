#pragma once
// Work on small matrices, a head at a time, shared among torch's threads. No torch here.

#include <cstdint>
#include <functional>

namespace gatescope {

// Calls work(head) for 0 .. n_heads - 1; LAPACK within it uses the thread that calls it alone. What `work` throws comes
// out.
void share_heads(std::int64_t n_heads, const std::function<void(std::int64_t head)>& work);

}  // namespace gatescope
