#include "app/window/memory_use.h"

#include <unistd.h>

#include <fstream>
#include <string>

namespace gatescope {

MemoryUse memory_use() {
    MemoryUse use;
    const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
    use.machine_bytes = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * page;
    std::uint64_t total = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> total >> resident;
    use.process_bytes = resident * page;
    return use;
}

const MemoryUse& MemoryWatch::now(double seconds) {
    if (seconds - read_at_ >= 1) {
        use_ = memory_use();
        read_at_ = seconds;
    }
    return use_;
}

}  // namespace gatescope
