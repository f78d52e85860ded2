#include "model/transformer/embedding_rows.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/index_select.h>

#include <algorithm>
#include <utility>

#include "model/transformer/weight_reader.h"

namespace gatescope {

struct EmbeddingRows::InFile {
    std::shared_ptr<const CheckpointReader> checkpoint;
    ModelConfig config;
    BoundTensor tensor;
    at::ScalarType dtype;
};

EmbeddingRows::EmbeddingRows(at::Tensor rows_VD) : rows_VD_(std::move(rows_VD)) {}

EmbeddingRows::EmbeddingRows(std::shared_ptr<const CheckpointReader> checkpoint, const ModelConfig& config,
                             BoundTensor tensor, at::ScalarType dtype)
    : in_file_(std::make_shared<InFile>(InFile{std::move(checkpoint), config, std::move(tensor), dtype})) {}

at::Tensor EmbeddingRows::select(std::span<const std::int32_t> ids) const {
    const auto length = static_cast<std::int64_t>(ids.size());
    if (in_file_) {
        at::Tensor out_TD = at::empty({length, in_file_->config.d_model}, in_file_->dtype);
        WeightReader(*in_file_->checkpoint, in_file_->config).read_rows(in_file_->tensor, ids, out_TD);
        return out_TD;
    }
    at::Tensor index_T = at::empty({length}, at::kInt);
    std::copy(ids.begin(), ids.end(), index_T.data_ptr<std::int32_t>());
    return at::index_select(rows_VD_, 0, index_T.to(rows_VD_.device()));
}

}  // namespace gatescope
