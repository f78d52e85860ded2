#include "model/transformer/trained/linear_function.h"

#include "model/transformer/trained/plain_functions.h"

namespace gatescope {

at::Tensor trained_linear(const at::Tensor& x_NI, const at::Tensor& weight_OI, const at::Tensor& bias_O,
                          DataType compute) {
    return plain_linear(x_NI, weight_OI, bias_O, compute);
}

}  // namespace gatescope
