#include "model/transformer/trained/attention_heads.h"

#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <vector>

#include "model/transformer/row_kernels.h"
#include "model/transformer/tile_products.h"
#include "model/transformer/trained/gradient_rows.h"
#include "model/transformer/trained/matrix_products.h"
#include "model/transformer/trained/tile_packing.h"

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;

constexpr std::int64_t kQueries = 64;
constexpr std::int64_t kKeys = 512;  // of one product

// A head's rows where they lie.
struct Rows {
    const float* data = nullptr;
    std::int64_t stride = 0;
    const float* at(std::int64_t row) const { return data + row * stride; }
};

Rows rows_of(const at::Tensor& x_BHTE, std::int64_t window, std::int64_t head) {
    return {x_BHTE.const_data_ptr<float>() + window * x_BHTE.stride(0) + head * x_BHTE.stride(1), x_BHTE.stride(2)};
}

// A block of queries of one head and the keys [begin, end) that any of them may use, in whole steps.
struct Block {
    std::int64_t query = 0, n_queries = 0, begin = 0, end = 0;
    std::int64_t n_keys() const { return end - begin; }
};

// What a thread works in.
struct Desk {
    Desk(std::int64_t length, std::int64_t d_head)
        : keys_ET(static_cast<std::size_t>(length * d_head)),
          values_ET(keys_ET.size()),
          pattern_QK(static_cast<std::size_t>(kQueries * length)),
          slope_QK(pattern_QK.size()),
          capped_QK(),
          keys_slope_ET(keys_ET.size()),
          values_slope_ET(keys_ET.size()),
          block_EQ(static_cast<std::size_t>(kQueries * d_head)) {}
    std::vector<float> keys_ET, values_ET;    // transposed
    std::vector<float> pattern_QK, slope_QK;  // of a block
    std::vector<float> capped_QK;             // scores of a block as the cap left them
    std::vector<float> keys_slope_ET, values_slope_ET;
    std::vector<float> block_EQ;  // queries, or slopes of their outputs, transposed
};

class Heads {
  public:
    explicit Heads(const AttentionProblem& problem)
        : problem_(problem),
          n_windows_(problem.heads.q_BHTE.size(0)),
          n_heads_(problem.heads.q_BHTE.size(1)),
          n_groups_(problem.heads.k_BGTE.size(1)),
          length_(problem.heads.q_BHTE.size(2)),
          d_head_(problem.heads.q_BHTE.size(3)) {}

    std::int64_t n_windows() const { return n_windows_; }
    std::int64_t n_heads() const { return n_heads_; }
    std::int64_t n_groups() const { return n_groups_; }
    std::int64_t length() const { return length_; }
    std::int64_t d_head() const { return d_head_; }
    std::int64_t heads_of_group() const { return n_heads_ / n_groups_; }
    const AttentionProblem& problem() const { return problem_; }

    Block block(std::int64_t query) const {
        const KeyReach& reach = problem_.heads.reach;
        const std::int64_t n = std::min(kQueries, length_ - query);
        const std::int64_t end = (reach.end(query + n - 1, length_) + kQueries - 1) / kQueries * kQueries;
        return {query, n, reach.begin(query) / kQueries * kQueries, std::min(length_, end)};
    }

    // out_QK = left_QE right_ET for the keys of a block.
    void against_keys(const Rows& left, const std::vector<float>& right_ET, const Block& block, float* out_QK) const {
        for (std::int64_t key = block.begin; key < block.end; key += kKeys)
            blas::brgemm(block.n_queries, std::min(kKeys, block.end - key), d_head_, left.stride, length_, length_,
                         false, left.at(block.query), right_ET.data() + key, out_QK + (key - block.begin));
    }

    // out_QE (+)= weights_QK rows_KE.
    void weighted(const float* weights_QK, const Rows& rows, const Block& block, float* out_QE,
                  std::int64_t out_stride) const {
        for (std::int64_t key = block.begin; key < block.end; key += kKeys)
            blas::brgemm(block.n_queries, d_head_, std::min(kKeys, block.end - key), length_, rows.stride, out_stride,
                         key > block.begin, weights_QK + (key - block.begin), rows.at(key), out_QE);
    }

    // The pattern of a block to desk.pattern_QK, and its capped scores where there is a cap and `back`.
    void pattern(std::int64_t window, std::int64_t head, const Block& block, bool back, Desk& desk) const {
        const TrainedHeads& heads = problem_.heads;
        float* pattern_QK = desk.pattern_QK.data();
        against_keys(rows_of(heads.q_BHTE, window, head), desk.keys_ET, block, pattern_QK);
        if (back && heads.softcap > 0) desk.capped_QK.resize(desk.pattern_QK.size());
        for (std::int64_t query = 0; query < block.n_queries; ++query)
            pattern_row(window, head, block, query, back, desk);
    }

    // Columns of a block's row that the model allows.
    struct Columns {
        std::int64_t begin = 0, end = 0;
    };
    Columns columns(const Block& block, std::int64_t query) const {
        const KeyReach& reach = problem_.heads.reach;
        return {reach.begin(block.query + query) - block.begin, reach.end(block.query + query, length_) - block.begin};
    }

  private:
    void pattern_row(std::int64_t window, std::int64_t head, const Block& block, std::int64_t query, bool back,
                     Desk& desk) const {
        const auto [begin, end] = columns(block, query);
        const std::int64_t n = end - begin;
        const auto scale = static_cast<float>(problem_.heads.scale), cap = static_cast<float>(problem_.heads.softcap);
        float* row = desk.pattern_QK.data() + query * length_;
        if (cap > 0) {
            row_softcap(row + begin, n, scale, cap, row + begin);
            if (back) std::copy_n(row + begin, n, desk.capped_QK.data() + query * length_ + begin);
        }
        const float* bias = row_of<float>(problem_.bias_BHQK, window, head, block, query);
        row_scale_shift(row + begin, n, cap > 0 ? 1.0F : scale, bias == nullptr ? nullptr : bias + begin);
        const bool* keep = row_of<bool>(problem_.keep_BHQK, window, head, block, query);
        row_softmax(row + begin, keep == nullptr ? nullptr : keep + begin, n, row + begin);
        std::fill(row, row + begin, 0.0F);
        std::fill(row + end, row + block.n_keys(), 0.0F);
    }

    template <typename T>
    static const T* row_of(const at::Tensor& x_BHQK, std::int64_t window, std::int64_t head, const Block& block,
                           std::int64_t query) {
        if (!x_BHQK.defined()) return nullptr;
        return x_BHQK.const_data_ptr<T>() + window * x_BHQK.stride(0) + head * x_BHQK.stride(1) +
               (block.query + query) * x_BHQK.stride(2) + block.begin;
    }

    const AttentionProblem& problem_;
    std::int64_t n_windows_, n_heads_, n_groups_, length_, d_head_;
};

// A key/value head and the query heads that use it, on the way back.
class GroupBack {
  public:
    GroupBack(const Heads& heads, const at::Tensor& slope_BTHE, const AttentionSlopes& out, std::int64_t window,
              std::int64_t group)
        : heads_(heads),
          input_(heads.problem().heads),
          slope_BHTE_(slope_BTHE.transpose(1, 2)),
          out_(out),
          window_(window),
          group_(group),
          keys_(rows_of(input_.k_BGTE, window, group)),
          values_(rows_of(input_.v_BGTE, window, group)),
          desk_(heads.length(), heads.d_head()) {}

    void run() {
        const std::int64_t length = heads_.length(), d_head = heads_.d_head();
        transpose_tile(keys_.data, length, d_head, keys_.stride, desk_.keys_ET.data(), length);
        transpose_tile(values_.data, length, d_head, values_.stride, desk_.values_ET.data(), length);
        std::fill(desk_.keys_slope_ET.begin(), desk_.keys_slope_ET.end(), 0.0F);
        std::fill(desk_.values_slope_ET.begin(), desk_.values_slope_ET.end(), 0.0F);
        for (std::int64_t n = 0; n < heads_.heads_of_group(); ++n)
            for (std::int64_t query = 0; query < length; query += kQueries)
                block_back(group_ * heads_.heads_of_group() + n, heads_.block(query));
        transposed_back(desk_.keys_slope_ET, out_.k_BGTE);
        transposed_back(desk_.values_slope_ET, out_.v_BGTE);
    }

  private:
    bool scores_needed() const { return out_.q_BHTE.defined() || out_.k_BGTE.defined() || out_.bias_BHQK.defined(); }

    void block_back(std::int64_t head, const Block& block) {
        const Rows slopes = rows_of(slope_BHTE_, window_, head);
        heads_.pattern(window_, head, block, true, desk_);
        if (out_.v_BGTE.defined()) add_transposed(slopes, desk_.pattern_QK, block, desk_.values_slope_ET);
        if (!scores_needed()) return;
        heads_.against_keys(slopes, desk_.values_ET, block, desk_.slope_QK.data());
        for (std::int64_t query = 0; query < block.n_queries; ++query) row_back(head, block, query);
        const std::int64_t place = (window_ * heads_.n_heads() + head) * heads_.length() + block.query;
        if (out_.q_BHTE.defined())
            heads_.weighted(desk_.slope_QK.data(), keys_, block,
                            out_.q_BHTE.data_ptr<float>() + place * heads_.d_head(), heads_.d_head());
        if (out_.k_BGTE.defined())
            add_transposed(rows_of(input_.q_BHTE, window_, head), desk_.slope_QK, block, desk_.keys_slope_ET);
    }

    // From slopes of the pattern to those of q k, in place.
    void row_back(std::int64_t head, const Block& block, std::int64_t query) {
        const auto [begin, end] = heads_.columns(block, query);
        const std::int64_t at = query * heads_.length() + begin, n = end - begin;
        float* slope = desk_.slope_QK.data() + at;
        row_softmax_back(desk_.pattern_QK.data() + at, n, slope);
        std::fill(slope - begin, slope, 0.0F);
        std::fill(slope + n, slope - begin + block.n_keys(), 0.0F);
        if (out_.bias_BHQK.defined()) {
            const std::int64_t length = heads_.length();
            float* bias = out_.bias_BHQK.data_ptr<float>() +
                          ((window_ * heads_.n_heads() + head) * length + block.query + query) * length;
            std::fill(bias, bias + block.begin, 0.0F);
            std::copy_n(slope - begin, block.n_keys(), bias + block.begin);
            std::fill(bias + block.end, bias + length, 0.0F);
        }
        if (input_.softcap > 0)
            row_softcap_back(desk_.capped_QK.data() + at, n, static_cast<float>(input_.softcap), slope);
        row_scale_shift(slope, n, static_cast<float>(input_.scale), nullptr);
    }

    // sums_EK += left_QE^T weights_QK.
    void add_transposed(const Rows& left, const std::vector<float>& weights_QK, const Block& block,
                        std::vector<float>& sums_ET) {
        const std::int64_t length = heads_.length(), d_head = heads_.d_head();
        transpose_tile(left.at(block.query), block.n_queries, d_head, left.stride, desk_.block_EQ.data(), kQueries);
        for (std::int64_t key = block.begin; key < block.end; key += kKeys)
            blas::brgemm(d_head, std::min(kKeys, block.end - key), block.n_queries, kQueries, length, length, true,
                         desk_.block_EQ.data(), weights_QK.data() + (key - block.begin), sums_ET.data() + key);
    }

    void transposed_back(const std::vector<float>& sums_ET, const at::Tensor& out_BGTE) const {
        if (!out_BGTE.defined()) return;
        const std::int64_t length = heads_.length(), d_head = heads_.d_head();
        transpose_tile(sums_ET.data(), d_head, length, length,
                       out_BGTE.data_ptr<float>() + (window_ * heads_.n_groups() + group_) * length * d_head, d_head);
    }

    const Heads& heads_;
    const TrainedHeads& input_;
    at::Tensor slope_BHTE_;
    const AttentionSlopes& out_;
    std::int64_t window_, group_;
    Rows keys_, values_;
    Desk desk_;
};

}  // namespace

at::Tensor attention_forward(const AttentionProblem& problem) {
    const Heads heads(problem);
    const std::int64_t length = heads.length(), d_head = heads.d_head(), width = heads.n_heads() * d_head;
    at::Tensor out_BTHE =
        at::empty({heads.n_windows(), length, heads.n_heads(), d_head}, problem.heads.q_BHTE.options());
    for_tasks(heads.n_windows() * heads.n_groups(), [&](std::int64_t task) {
        const std::int64_t window = task / heads.n_groups(), group = task % heads.n_groups();
        Desk desk(length, d_head);
        const Rows keys = rows_of(problem.heads.k_BGTE, window, group);
        const Rows values = rows_of(problem.heads.v_BGTE, window, group);
        transpose_tile(keys.data, length, d_head, keys.stride, desk.keys_ET.data(), length);
        for (std::int64_t n = 0; n < heads.heads_of_group(); ++n) {
            const std::int64_t head = group * heads.heads_of_group() + n;
            for (std::int64_t query = 0; query < length; query += kQueries) {
                const Block block = heads.block(query);
                heads.pattern(window, head, block, false, desk);
                heads.weighted(desk.pattern_QK.data(), values, block,
                               out_BTHE.data_ptr<float>() + (window * length + query) * width + head * d_head, width);
            }
        }
    });
    return out_BTHE;
}

void attention_backward(const AttentionProblem& problem, const at::Tensor& slope_BTHE, const AttentionSlopes& out) {
    const Heads heads(problem);
    for_tasks(heads.n_windows() * heads.n_groups(), [&](std::int64_t task) {
        GroupBack(heads, slope_BTHE, out, task / heads.n_groups(), task % heads.n_groups()).run();
    });
}

}  // namespace gatescope
