#include "model/transformer/trained/norm_function.h"

#include "model/transformer/trained/plain_functions.h"

namespace gatescope {

at::Tensor trained_norm(const at::Tensor& x_ND, const at::Tensor& gain_D, const at::Tensor& bias_D, NormKind kind,
                        double epsilon) {
    return plain_norm(x_ND, gain_D, bias_D, kind, epsilon);
}

}  // namespace gatescope
