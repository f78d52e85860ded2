#include "app/engine/worker_thread.h"

#include <algorithm>
#include <thread>

#ifdef __linux__
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace gatescope {
namespace {
constexpr int kNiceness = 2;
}

int engine_threads() {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return cores > 2 ? cores - 1 : cores;
}

void yield_to_the_window() noexcept {
#ifdef __linux__
    // On Linux niceness belongs to a thread. That it can't be set is no reason to stop.
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
#endif
}

}  // namespace gatescope
