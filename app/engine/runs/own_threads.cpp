#include "app/engine/runs/own_threads.h"

#include <ATen/Parallel.h>

namespace gatescope {

int threads_now() {
    return at::get_num_threads();
}

OwnThreads::OwnThreads(int wanted) : before_(threads_now()) {
    if (wanted != before_) at::set_num_threads(wanted);
}

OwnThreads::~OwnThreads() {
    if (threads_now() != before_) at::set_num_threads(before_);
}

}  // namespace gatescope
