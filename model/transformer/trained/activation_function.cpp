#include "model/transformer/trained/activation_function.h"

#include <ATen/TensorOperators.h>

#include "model/transformer/trained/plain_functions.h"

namespace gatescope {

at::Tensor trained_activation(const at::Tensor& x, Activation activation) {
    return plain_activation(x, activation);
}

at::Tensor trained_gated_activation(const at::Tensor& gate, const at::Tensor& up, Activation activation) {
    return plain_activation(gate, activation) * up;
}

}  // namespace gatescope
