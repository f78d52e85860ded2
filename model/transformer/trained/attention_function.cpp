#include "model/transformer/trained/attention_function.h"

#include "model/transformer/trained/plain_functions.h"

namespace gatescope {

at::Tensor trained_attention(const TrainedHeads& heads, const at::Tensor& bias_BHQK, const at::Tensor& keep_BHQK,
                             DataType compute) {
    return plain_attention(heads, bias_BHQK, keep_BHQK, compute);
}

}  // namespace gatescope
