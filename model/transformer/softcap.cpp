#include "model/transformer/softcap.h"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/tanh.h>

#include "model/transformer/row_kernels.h"

namespace gatescope {
namespace {

constexpr std::int64_t kPiece = 4096;

}  // namespace

void cap_softly_generic(const at::Tensor& x, double cap) {
    x.div_(cap).tanh_().mul_(cap);
}

void cap_softly(const at::Tensor& x, double cap) {
    if (cap == 0) return;
    if (!x.device().is_cpu()) return cap_softly_generic(x, cap);
    float* values = x.data_ptr<float>();
    at::parallel_for(0, x.numel(), kPiece, [&](std::int64_t begin, std::int64_t end) {
        row_softcap(values + begin, end - begin, 1.0F, static_cast<float>(cap), values + begin);
    });
}

}  // namespace gatescope
