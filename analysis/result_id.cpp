#include "analysis/result_id.h"

#include <atomic>

namespace gatescope {

std::uint64_t next_result_id() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

}  // namespace gatescope
