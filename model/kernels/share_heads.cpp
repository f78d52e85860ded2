#include "model/kernels/share_heads.h"

#include <ATen/Parallel.h>

// Of MKL, where torch has been built with it; the threads of the calling thread, which it returns, until called again.
extern "C" int MKL_Set_Num_Threads_Local(int n_threads) __attribute__((weak));

namespace gatescope {
namespace {

// After at::set_num_threads() MKL no longer looks whether it is called from a parallel region already: it would ask for
// threads that a nested region never gets, and its QR waits for them for ever.
class OneThread {
  public:
    OneThread() {
        at::get_num_threads();  // a thread's first ATen call tells MKL the chosen number: not after this
        if (MKL_Set_Num_Threads_Local != nullptr) before_ = MKL_Set_Num_Threads_Local(1);
    }
    ~OneThread() {
        if (MKL_Set_Num_Threads_Local != nullptr) MKL_Set_Num_Threads_Local(before_);
    }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

  private:
    int before_ = 0;
};

}  // namespace

void share_heads(std::int64_t n_heads, const std::function<void(std::int64_t)>& work) {
    at::parallel_for(0, n_heads, 1, [&](std::int64_t begin, std::int64_t end) {
        const OneThread alone;
        for (std::int64_t head = begin; head < end; ++head) work(head);
    });
}

}  // namespace gatescope
