// With g = scale A B^T and y = ln sigmoid(g): dg = dy (1 - e^y), dA = scale dg B, dB = scale dg^T A, by blocks of
// queries and the keys that they may use. Q query, K key.
#include "model/transformer/trained/sigmoid_bias.h"

#include <ATen/TensorOperators.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/matmul.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <vector>

#include "model/key_reach_aten.h"
#include "model/transformer/tile_products.h"
#include "model/transformer/trained/matrix_products.h"
#include "model/transformer/trained/neighbours.h"
#include "model/transformer/trained/sigmoid_rows.h"
#include "model/transformer/trained/tile_packing.h"

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr std::int64_t kQueries = 64;

// One head of [H, T, C]; channels are neighbours.
struct Side {
    const float* data = nullptr;
    std::int64_t stride = 0;
    const float* at(std::int64_t row) const { return data + row * stride; }
};

Side side_of(const at::Tensor& x_HTC, std::int64_t head) {
    return {x_HTC.const_data_ptr<float>() + head * x_HTC.stride(0), x_HTC.stride(1)};
}

// Queries [begin, end) and the keys [0, n_keys) that products take, a whole step where the window has it.
struct Block {
    std::int64_t begin = 0, end = 0, n_keys = 0;
    std::int64_t size() const { return end - begin; }
};

Block block_at(std::int64_t begin, std::int64_t length) {
    const std::int64_t end = std::min(length, begin + kQueries);
    return {begin, end, end};
}

// Calls row(query, first key, one past the last) with what lies outside set to 0 in `values`, rows of `length`.
template <typename Row>
void for_rows(const Block& block, const KeyReach& reach, std::int64_t width, float* values, std::int64_t stride,
              const Row& row) {
    for (std::int64_t query = block.begin; query < block.end; ++query) {
        float* own = values + (query - block.begin) * stride;
        const std::int64_t begin = reach.begin(query), end = query + 1;
        std::fill(own, own + begin, 0.0F);
        std::fill(own + end, own + width, 0.0F);
        row(query, begin, end, own);
    }
}

at::Tensor bias_of(const at::Tensor& query_HTC, const at::Tensor& key_HTC, float scale, const KeyReach& reach) {
    const std::int64_t n_heads = query_HTC.size(0), length = query_HTC.size(1), width = query_HTC.size(2);
    at::Tensor out_HTT = at::empty({n_heads, length, length}, query_HTC.options());
    for_tasks(n_heads, [&](std::int64_t head) {
        const Side queries = side_of(query_HTC, head), keys = side_of(key_HTC, head);
        std::vector<float> keys_CT(static_cast<std::size_t>(width * length));
        transpose_tile(keys.data, length, width, keys.stride, keys_CT.data(), length);
        for (std::int64_t query = 0; query < length; query += kQueries) {
            const Block block = block_at(query, length);
            float* values = out_HTT.data_ptr<float>() + (head * length + query) * length;
            blas::brgemm(block.size(), block.n_keys, width, queries.stride, length, length, false, queries.at(query),
                         keys_CT.data(), values);
            for_rows(block, reach, length, values, length, [&](auto, std::int64_t begin, std::int64_t end, float* own) {
                row_log_sigmoid(own + begin, end - begin, scale);
            });
        }
    });
    return out_HTT;
}

struct SidesSlopes {
    at::Tensor query_HTC, key_HTC;
};

// One head's way back.
void head_back(const Side& queries, const Side& keys, const float* bias_TT, const float* slope_TT, float scale,
               const KeyReach& reach, const at::Tensor& query_slope_TC, const at::Tensor& key_slope_TC) {
    const std::int64_t length = query_slope_TC.size(0), width = query_slope_TC.size(1);
    std::vector<float> scores_QK(static_cast<std::size_t>(kQueries * length));
    std::vector<float> queries_CQ(static_cast<std::size_t>(kQueries * width));
    std::vector<float> keys_CT(static_cast<std::size_t>(width * length), 0.0F);
    for (std::int64_t query = 0; query < length; query += kQueries) {
        const Block block = block_at(query, length);
        for_rows(block, reach, block.n_keys, scores_QK.data(), length,
                 [&](std::int64_t own, std::int64_t begin, std::int64_t end, float* row) {
                     const std::int64_t at = own * length + begin;
                     row_log_sigmoid_back(bias_TT + at, slope_TT + at, end - begin, scale, row + begin);
                 });
        blas::brgemm(block.size(), width, block.n_keys, length, keys.stride, width, false, scores_QK.data(), keys.data,
                     query_slope_TC.data_ptr<float>() + query * width);
        transpose_tile(queries.at(query), block.size(), width, queries.stride, queries_CQ.data(), kQueries);
        blas::brgemm(width, block.n_keys, block.size(), kQueries, length, length, true, queries_CQ.data(),
                     scores_QK.data(), keys_CT.data());
    }
    transpose_tile(keys_CT.data(), width, length, length, key_slope_TC.data_ptr<float>(), width);
}

SidesSlopes sides_back(const at::Tensor& query_HTC, const at::Tensor& key_HTC, const at::Tensor& bias_HTT,
                       const at::Tensor& slope_HTT, float scale, const KeyReach& reach) {
    const SidesSlopes out{at::empty(query_HTC.sizes(), query_HTC.options()),
                          at::empty(query_HTC.sizes(), query_HTC.options())};
    const std::int64_t square = query_HTC.size(1) * query_HTC.size(1);
    for_tasks(query_HTC.size(0), [&](std::int64_t head) {
        head_back(side_of(query_HTC, head), side_of(key_HTC, head), bias_HTT.const_data_ptr<float>() + head * square,
                  slope_HTT.const_data_ptr<float>() + head * square, scale, reach, out.query_HTC.select(0, head),
                  out.key_HTC.select(0, head));
    });
    return out;
}

struct SigmoidBias : torch::autograd::Function<SigmoidBias> {
    static at::Tensor forward(AutogradContext* context, const at::Tensor& query_HTC, const at::Tensor& key_HTC,
                              double scale, std::int64_t sliding_window) {
        const at::Tensor bias_HTT = bias_of(query_HTC, key_HTC, static_cast<float>(scale), {true, sliding_window});
        context->save_for_backward({query_HTC, key_HTC, bias_HTT});
        context->saved_data["scale"] = scale;
        context->saved_data["sliding_window"] = sliding_window;
        return bias_HTT;
    }

    static variable_list backward(AutogradContext* context, const variable_list& slopes) {
        const variable_list saved = context->get_saved_variables();
        const SidesSlopes out = sides_back(saved[0], saved[1], saved[2], slopes[0].contiguous(),
                                           static_cast<float>(context->saved_data["scale"].toDouble()),
                                           {true, context->saved_data["sliding_window"].toInt()});
        return {out.query_HTC, out.key_HTC, at::Tensor(), at::Tensor()};
    }
};

}  // namespace

at::Tensor sigmoid_bias(const at::Tensor& query_HTC, const at::Tensor& key_HTC, double scale, const KeyReach& reach) {
    const bool served = query_HTC.is_cpu() && query_HTC.scalar_type() == at::kFloat && reach.causal &&
                        tiles_serve<float>(query_HTC.size(2));
    if (!served) return plain_sigmoid_bias(query_HTC, key_HTC, scale, reach);
    return SigmoidBias::apply(with_neighbours(query_HTC), with_neighbours(key_HTC), scale, reach.sliding_window);
}

at::Tensor plain_sigmoid_bias(const at::Tensor& query_HTC, const at::Tensor& key_HTC, double scale,
                              const KeyReach& reach) {
    const std::int64_t length = query_HTC.size(1);
    const at::Tensor bias_HTT = at::log_sigmoid(at::matmul(query_HTC, key_HTC.transpose(1, 2)) * scale);
    const at::Tensor allowed_TT =
        allowed_keys_QK(reach, 0, length, 0, length, query_HTC.options().requires_grad(false));
    return bias_HTT.masked_fill(allowed_TT.logical_not(), 0.0);
}

}  // namespace gatescope
