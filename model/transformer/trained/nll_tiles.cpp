// N row, V vocabulary, D d_model. Logits stand transposed, a tile [V, N]: so the unembedding's rows are multiplied as
// they lie, and each row's sum is a lane of its own.
#include "model/transformer/trained/nll_tiles.h"

#include <ATen/Parallel.h>
#include <ATen/native/CPUBlas.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

#include "model/transformer/row_kernels.h"
#include "model/transformer/tile_products.h"
#include "model/transformer/trained/gradient_rows.h"
#include "model/transformer/trained/matrix_products.h"
#include "model/transformer/trained/tile_packing.h"

namespace gatescope {
namespace {

namespace blas = at::native::cpublas;

template <typename T>
constexpr bool kPairs = std::is_same_v<T, at::BFloat16>;

constexpr std::int64_t kWords = 128, kRows = 128;  // of a tile

std::int64_t pieces(std::int64_t n, std::int64_t piece) {
    return (n + piece - 1) / piece;
}

std::uint16_t* bits(at::BFloat16* values) {
    return reinterpret_cast<std::uint16_t*>(values);
}

MatrixView view_of(const at::Tensor& matrix) {
    return {matrix.const_data_ptr<float>(), matrix.size(0), matrix.size(1), matrix.size(1)};
}

// What both ways share: the factors of the logits, and a tile of them.
template <typename T>
class Logits {
  public:
    explicit Logits(const NllProblem& problem)
        : problem_(problem),
          hidden_DN_(view_of(problem.hidden_ND), true),
          n_rows_(problem.hidden_ND.size(0)),
          n_words_(problem.unembedding_VD.size(0)),
          width_(problem.hidden_ND.size(1)) {
        if constexpr (kPairs<T>)
            round_words();
        else
            words_VD_ = problem.unembedding_VD.const_data_ptr<float>();
    }

    std::int64_t n_rows() const { return n_rows_; }
    std::int64_t n_words() const { return n_words_; }
    std::int64_t width() const { return width_; }
    std::int64_t depth() const { return hidden_DN_.depth(); }

    // Rows of the unembedding from `word` on as they are multiplied, depth() apart.
    const T* words(std::int64_t word) const { return words_VD_ + word * depth(); }

    // Logits of `count` words from `word` on and rows [row, row + n), softly capped.
    void tile(std::int64_t word, std::int64_t count, std::int64_t row, std::int64_t n, float* logits_VN) const {
        const bool biased = problem_.bias_V.defined();
        if (biased) {
            const float* bias = problem_.bias_V.const_data_ptr<float>() + word;
            for (std::int64_t v = 0; v < count; ++v) std::fill_n(logits_VN + v * kRows, n, bias[v]);
        }
        constexpr std::int64_t kPanel = Panels<T>::kPanel;
        for (std::int64_t begin = 0; begin < n; begin += kPanel)
            blas::brgemm(count, std::min(kPanel, n - begin), depth(), depth(), hidden_DN_.stride(), kRows, biased,
                         words(word), hidden_DN_.at((row + begin) / kPanel, 0), logits_VN + begin, kPairs<T>);
        if (problem_.softcap > 0)
            for (std::int64_t v = 0; v < count; ++v)
                row_softcap(logits_VN + v * kRows, n, 1.0F, problem_.softcap, logits_VN + v * kRows);
    }

    // Calls found(column, v) for rows of the tile whose target is one of its words.
    template <typename Found>
    void for_targets(std::int64_t word, std::int64_t count, std::int64_t row, std::int64_t n,
                     const Found& found) const {
        const std::int64_t* targets = problem_.targets_N.const_data_ptr<std::int64_t>() + row;
        for (std::int64_t column = 0; column < n; ++column)
            if (targets[column] >= word && targets[column] < word + count) found(column, targets[column] - word);
    }

  private:
    void round_words() {
        rounded_ = at::empty({n_words_ * depth()}, at::kBFloat16);
        const float* from = problem_.unembedding_VD.const_data_ptr<float>();
        std::uint16_t* to = bits(rounded_.data_ptr<at::BFloat16>());
        for_tasks(pieces(n_words_, kWords), [&](std::int64_t task) {
            for (std::int64_t v = task * kWords; v < std::min(n_words_, (task + 1) * kWords); ++v) {
                round_row(from + v * width_, width_, to + v * depth());
                if (depth() > width_) to[v * depth() + width_] = 0;
            }
        });
        words_VD_ = rounded_.template const_data_ptr<T>();
    }

    const NllProblem& problem_;
    Panels<T> hidden_DN_;
    std::int64_t n_rows_, n_words_, width_;
    at::Tensor rounded_;  // of T that rounds
    const T* words_VD_ = nullptr;
};

// How many rows count.
std::int64_t scored_rows(const NllProblem& problem) {
    const std::int64_t* targets = problem.targets_N.const_data_ptr<std::int64_t>();
    return std::count_if(targets, targets + problem.targets_N.numel(), [](std::int64_t id) { return id >= 0; });
}

}  // namespace

template <typename T>
double nll_forward(const NllProblem& problem, const at::Tensor& log_sum_N) {
    const Logits<T> logits(problem);
    std::vector<double> nll(static_cast<std::size_t>(logits.n_rows()), 0.0);
    float* log_sums = log_sum_N.data_ptr<float>();
    for_tasks(pieces(logits.n_rows(), kRows), [&](std::int64_t task) {
        const std::int64_t row = task * kRows, n = std::min(kRows, logits.n_rows() - row);
        std::vector<float> tile(static_cast<std::size_t>(kWords * kRows));
        std::vector<float> largest(kRows, -std::numeric_limits<float>::infinity()), wanted(kRows, 0.0F);
        std::vector<double> total(kRows, 0.0);
        for (std::int64_t word = 0; word < logits.n_words(); word += kWords) {
            const std::int64_t count = std::min(kWords, logits.n_words() - word);
            logits.tile(word, count, row, n, tile.data());
            tile_exp_sums(tile.data(), count, n, kRows, largest.data(), total.data());
            logits.for_targets(word, count, row, n, [&](std::int64_t column, std::int64_t v) {
                wanted[static_cast<std::size_t>(column)] = tile[static_cast<std::size_t>(v * kRows + column)];
            });
        }
        const std::int64_t* targets = problem.targets_N.const_data_ptr<std::int64_t>() + row;
        for (std::int64_t column = 0; column < n; ++column) {
            const auto at = static_cast<std::size_t>(column);
            const double log_sum = static_cast<double>(largest[at]) + std::log(total[at]);
            log_sums[row + column] = static_cast<float>(log_sum);
            if (targets[column] >= 0)
                nll[static_cast<std::size_t>(row) + at] = log_sum - static_cast<double>(wanted[at]);
        }
    });
    double sum = 0;
    for (const double one : nll) sum += one;
    return sum / static_cast<double>(std::max<std::int64_t>(1, scored_rows(problem)));
}

namespace {

// The way back. Each thread has a stretch of the vocabulary, and sums of its own for the rows; these are added up in
// the order of the threads.
template <typename T>
class WayBack {
  public:
    WayBack(const NllProblem& problem, const at::Tensor& log_sum_N, double slope, const NllSlopes& out)
        : problem_(problem),
          out_(out),
          logits_(problem),
          hidden_ND_(view_of(problem.hidden_ND), false),
          log_sums_(log_sum_N.const_data_ptr<float>()),
          shares_(static_cast<std::size_t>(logits_.n_rows())) {
        const double share = slope / static_cast<double>(std::max<std::int64_t>(1, scored_rows(problem)));
        const std::int64_t* targets = problem.targets_N.const_data_ptr<std::int64_t>();
        for (std::size_t n = 0; n < shares_.size(); ++n)
            shares_[n] = targets[n] >= 0 ? static_cast<float>(share) : 0.0F;
    }

    void run() {
        const std::int64_t n_tiles = pieces(logits_.n_words(), kWords);
        const std::int64_t n_parts = std::min<std::int64_t>(n_tiles, at::get_num_threads());
        const std::int64_t n_blocks = pieces(logits_.n_rows(), kRows);
        if (out_.hidden_ND.defined()) hidden_sums_ = at::zeros({n_parts, n_blocks, logits_.width(), kRows});
        for_tasks(n_parts, [&](std::int64_t part) {
            Desk desk;
            for (std::int64_t tile = n_tiles * part / n_parts; tile < n_tiles * (part + 1) / n_parts; ++tile)
                words_back(part, tile * kWords, desk);
        });
        if (out_.hidden_ND.defined()) for_tasks(n_blocks, [&](std::int64_t block) { add_up(block); });
    }

  private:
    struct Desk {
        std::vector<float> slopes = std::vector<float>(static_cast<std::size_t>(kWords * kRows));
        std::vector<float> transposed = {};                   // [D, V] of words
        std::vector<T> left = {}, right = {}, words_DV = {};  // as they are multiplied
    };

    void words_back(std::int64_t part, std::int64_t word, Desk& desk) {
        const std::int64_t count = std::min(kWords, logits_.n_words() - word);
        const T* words_DV = out_.hidden_ND.defined() ? transposed(word, count, desk) : nullptr;
        float* bias = out_.bias_V.defined() ? out_.bias_V.data_ptr<float>() + word : nullptr;
        if (bias != nullptr) std::fill_n(bias, count, 0.0F);
        for (std::int64_t row = 0; row < logits_.n_rows(); row += kRows) {
            const std::int64_t n = std::min(kRows, logits_.n_rows() - row);
            slopes(word, count, row, n, desk);
            for (std::int64_t v = 0; bias != nullptr && v < count; ++v)
                bias[v] += row_sum(desk.slopes.data() + v * kRows, n);
            if (out_.unembedding_VD.defined()) to_words(word, count, row, n, desk);
            if (out_.hidden_ND.defined()) to_hidden(words_DV, part, count, row, n, desk);
        }
    }

    // Slopes of a tile of logits to desk.slopes.
    void slopes(std::int64_t word, std::int64_t count, std::int64_t row, std::int64_t n, Desk& desk) const {
        float* tile = desk.slopes.data();
        logits_.tile(word, count, row, n, tile);
        std::vector<float> capped;
        if (problem_.softcap > 0) capped = desk.slopes;
        const float* shares = shares_.data() + row;
        tile_softmax(tile, count, n, kRows, log_sums_ + row, shares);
        logits_.for_targets(word, count, row, n,
                            [&](std::int64_t column, std::int64_t v) { tile[v * kRows + column] -= shares[column]; });
        if (problem_.softcap > 0)
            for (std::int64_t v = 0; v < count; ++v)
                row_softcap_back(capped.data() + v * kRows, n, problem_.softcap, tile + v * kRows);
    }

    // The unembedding's own: slopes_VN hidden_ND.
    void to_words(std::int64_t word, std::int64_t count, std::int64_t row, std::int64_t n, Desk& desk) const {
        const std::int64_t width = logits_.width(), depth = kPairs<T> ? (n + 1) / 2 * 2 : n;
        const T* left = nullptr;
        if constexpr (kPairs<T>) {
            desk.left.assign(static_cast<std::size_t>(count * kRows), T(0.0F));
            for (std::int64_t v = 0; v < count; ++v)
                round_row(desk.slopes.data() + v * kRows, n, bits(desk.left.data() + v * kRows));
            left = desk.left.data();
        } else {
            left = desk.slopes.data();
        }
        constexpr std::int64_t kPanel = Panels<T>::kPanel;
        float* out = out_.unembedding_VD.data_ptr<float>() + word * width;
        for (std::int64_t column = 0; column < width; column += kPanel)
            blas::brgemm(count, std::min(kPanel, width - column), depth, kRows, hidden_ND_.stride(), width, row > 0,
                         left, hidden_ND_.at(column / kPanel, row), out + column, kPairs<T>);
    }

    // What reaches the rows, transposed: words_DV slopes_VN.
    void to_hidden(const T* words_DV, std::int64_t part, std::int64_t count, std::int64_t row, std::int64_t n,
                   Desk& desk) const {
        const std::int64_t width = logits_.width(), depth = kPairs<T> ? (count + 1) / 2 * 2 : count;
        const T* right = nullptr;
        if constexpr (kPairs<T>) {
            desk.right.resize(static_cast<std::size_t>((kWords + 1) * kRows));
            for (std::int64_t v = 0; v < count; v += 2) {
                const float* first = desk.slopes.data() + v * kRows;
                round_row_pair(first, v + 1 < count ? first + kRows : nullptr, n, bits(desk.right.data() + v * kRows));
            }
            right = desk.right.data();
        } else {
            right = desk.slopes.data();
        }
        float* sums_DN =
            hidden_sums_.data_ptr<float>() + (part * hidden_sums_.size(1) + row / kRows) * hidden_sums_.size(2) * kRows;
        blas::brgemm(width, n, depth, kWords, kRows, kRows, true, words_DV, right, sums_DN, kPairs<T>);
    }

    const T* transposed(std::int64_t word, std::int64_t count, Desk& desk) const {
        const std::int64_t width = logits_.width();
        desk.transposed.assign(static_cast<std::size_t>(width * kWords), 0.0F);
        transpose_tile(problem_.unembedding_VD.const_data_ptr<float>() + word * width, count, width, width,
                       desk.transposed.data(), kWords);
        if constexpr (kPairs<T>) {
            desk.words_DV.resize(desk.transposed.size());
            round_row(desk.transposed.data(), width * kWords, bits(desk.words_DV.data()));
            return desk.words_DV.data();
        } else {
            return desk.transposed.data();
        }
    }

    // A block of rows: the sums of all threads, transposed back.
    void add_up(std::int64_t block) const {
        const std::int64_t width = logits_.width(), row = block * kRows, n = std::min(kRows, logits_.n_rows() - row);
        const std::int64_t size = width * kRows, n_blocks = hidden_sums_.size(1);
        float* sums_DN = hidden_sums_.data_ptr<float>() + block * size;
        for (std::int64_t part = 1; part < hidden_sums_.size(0); ++part)
            row_add(sums_DN + part * n_blocks * size, size, sums_DN);
        transpose_tile(sums_DN, width, n, kRows, out_.hidden_ND.data_ptr<float>() + row * width, width);
    }

    const NllProblem& problem_;
    const NllSlopes& out_;
    Logits<T> logits_;
    Panels<T> hidden_ND_;
    const float* log_sums_;
    std::vector<float> shares_;  // of every row
    at::Tensor hidden_sums_;     // [thread, block of rows, D, N]
};

}  // namespace

template <typename T>
void nll_backward(const NllProblem& problem, const at::Tensor& log_sum_N, double slope, const NllSlopes& out) {
    WayBack<T>(problem, log_sum_N, slope, out).run();
}

template double nll_forward<float>(const NllProblem&, const at::Tensor&);
template double nll_forward<at::BFloat16>(const NllProblem&, const at::Tensor&);
template void nll_backward<float>(const NllProblem&, const at::Tensor&, double, const NllSlopes&);
template void nll_backward<at::BFloat16>(const NllProblem&, const at::Tensor&, double, const NllSlopes&);

}  // namespace gatescope
