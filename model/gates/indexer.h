#pragma once
// The lightning indexer's scores, sum_m w_im ReLU(a_im . b_j), in differentiable ATen operations. M index head, R its
// width, T token, Q query, K key, D d_model.

#include <ATen/core/Tensor.h>

#include <functional>
#include <memory>

#include "model/gates/gate.h"

namespace gatescope {

struct IndexerArrays {
    at::Tensor query_MDR, key_DR, weight_DM;  // float32
};

// a = x A, b = x B, w = x C.
struct IndexerSides {
    at::Tensor query_MTR, key_TR, weight_TM;
};
IndexerSides indexer_sides(const at::Tensor& x_TD, const IndexerArrays& arrays);
// [Q, K]: of the queries and keys that these hold.
at::Tensor indexer_scores(const at::Tensor& query_MQR, const at::Tensor& key_KR, const at::Tensor& weight_QM);

// Asked once a layer; throws Failure where there is none.
using IndexerSource = std::function<IndexerArrays(const LayerInput& layer)>;
// The gate with arrays from elsewhere than a file.
std::unique_ptr<Gate> indexer_from(IndexerSource source);

}  // namespace gatescope
