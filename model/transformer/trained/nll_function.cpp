#include "model/transformer/trained/nll_function.h"

#include "model/transformer/trained/plain_functions.h"

namespace gatescope {

at::Tensor mean_nll(const at::Tensor& hidden_ND, const at::Tensor& unembedding_VD, const at::Tensor& bias_V,
                    const at::Tensor& targets_N, double softcap, DataType compute) {
    return plain_mean_nll(hidden_ND, unembedding_VD, bias_V, targets_N, softcap, compute);
}

}  // namespace gatescope
