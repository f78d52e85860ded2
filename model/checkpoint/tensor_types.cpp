// GGML's tensor types: numbers and block sizes as in ggml.h and the gguf package's GGML_QUANT_SIZES.
#include <algorithm>
#include <array>

#include "model/checkpoint/dequantize.h"

namespace gatescope {

namespace {

constexpr std::array kTypes = {
    TensorType{0, "F32", 1, 4, dequantize::f32},
    TensorType{1, "F16", 1, 2, dequantize::f16},
    TensorType{2, "Q4_0", 32, 18, dequantize::q4_0},
    TensorType{3, "Q4_1", 32, 20, dequantize::q4_1},
    TensorType{6, "Q5_0", 32, 22, dequantize::q5_0},
    TensorType{7, "Q5_1", 32, 24, dequantize::q5_1},
    TensorType{8, "Q8_0", 32, 34, dequantize::q8_0},
    TensorType{9, "Q8_1", 32, 40, nullptr},
    TensorType{10, "Q2_K", 256, 84, dequantize::q2_k},
    TensorType{11, "Q3_K", 256, 110, dequantize::q3_k},
    TensorType{12, "Q4_K", 256, 144, dequantize::q4_k},
    TensorType{13, "Q5_K", 256, 176, dequantize::q5_k},
    TensorType{14, "Q6_K", 256, 210, dequantize::q6_k},
    TensorType{15, "Q8_K", 256, 292, nullptr},
    TensorType{16, "IQ2_XXS", 256, 66, nullptr},
    TensorType{17, "IQ2_XS", 256, 74, nullptr},
    TensorType{18, "IQ3_XXS", 256, 98, nullptr},
    TensorType{19, "IQ1_S", 256, 50, nullptr},
    TensorType{20, "IQ4_NL", 32, 18, nullptr},
    TensorType{21, "IQ3_S", 256, 110, nullptr},
    TensorType{22, "IQ2_S", 256, 82, nullptr},
    TensorType{23, "IQ4_XS", 256, 136, nullptr},
    TensorType{24, "I8", 1, 1, nullptr},
    TensorType{25, "I16", 1, 2, nullptr},
    TensorType{26, "I32", 1, 4, nullptr},
    TensorType{27, "I64", 1, 8, nullptr},
    TensorType{28, "F64", 1, 8, dequantize::f64},
    TensorType{29, "IQ1_M", 256, 56, nullptr},
    TensorType{30, "BF16", 1, 2, dequantize::bf16},
    TensorType{34, "TQ1_0", 256, 54, nullptr},
    TensorType{35, "TQ2_0", 256, 66, nullptr},
    TensorType{39, "MXFP4", 32, 17, nullptr},
    TensorType{40, "NVFP4", 64, 36, nullptr},
    TensorType{41, "Q1_0", 128, 18, nullptr},
};

template <typename Matches>
const TensorType* find_first(Matches matches) {
    const auto* const found = std::find_if(kTypes.begin(), kTypes.end(), matches);
    return found == kTypes.end() ? nullptr : found;
}

}  // namespace

std::span<const TensorType> tensor_types() {
    return kTypes;
}

const TensorType* find_tensor_type(std::uint32_t number) {
    return find_first([=](const TensorType& type) { return type.number == number; });
}

const TensorType* find_tensor_type(std::string_view name) {
    return find_first([=](const TensorType& type) { return type.name == name; });
}

}  // namespace gatescope
