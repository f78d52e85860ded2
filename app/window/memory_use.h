#pragma once
// Memory of this process and of the machine.

#include <cstdint>

namespace gatescope {

struct MemoryUse {
    std::uint64_t process_bytes = 0, machine_bytes = 0;
};
MemoryUse memory_use();

// Reads at most once a second.
class MemoryWatch {
  public:
    const MemoryUse& now(double seconds);

  private:
    MemoryUse use_;
    double read_at_ = -1e9;
};

}  // namespace gatescope
