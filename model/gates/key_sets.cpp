// Shapes: H head, Q query, K key.
#include "model/gates/key_sets.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstring>

#include "model/core/top_cut.h"

namespace gatescope {
namespace {

constexpr std::int64_t kCountedAtOnce = 1 << 20;

// The keys of one query: allowed [first, end), of which [free_begin, free_end) are not forced.
struct Row {
    std::int64_t own, first, end, free_begin, free_end;
    std::int64_t n() const { return end - first; }
    std::int64_t forced() const { return n() - (free_end - free_begin); }
};

Row row_of(const KeyRules& rules, std::int64_t query, std::int64_t n_keys) {
    Row row{};
    row.own = query;
    row.first = rules.reach.begin(query);
    row.end = rules.reach.end(query, n_keys);
    row.free_begin = std::clamp(rules.sinks, row.first, row.end);
    row.free_end = std::max(row.free_begin, row.end - rules.local);
    return row;
}

GATESCOPE_CPU_CLONES std::int64_t mark_best(const float* priority, std::int64_t n, std::int64_t m, std::int32_t* keys,
                                            bool* keep) {
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) keys[j] = ordered_bits(priority[j]);
    const TopCut cut = find_top_cut(keys, n, m);
    std::int32_t marked = 0;
#pragma omp simd reduction(+ : marked)
    for (std::int64_t j = 0; j < n; ++j) {
        const bool above = keys[j] > cut.above;
        keep[j] = above;
        marked += above ? 1 : 0;
    }
    std::int64_t ties = cut.ties;
    for (std::int64_t j = 0; j < n && ties > 0; ++j) {
        if (keys[j] != cut.above) continue;
        keep[j] = true;
        --ties;
    }
    return marked + cut.ties - ties;
}

// Forced keys around the free ones, everything in a small row; the number of keys written outside the free ones.
void mark_forced(const Row& row, std::int64_t n_keys, bool* keep) {
    std::memset(keep, 0, static_cast<std::size_t>(n_keys));
    std::fill(keep + row.first, keep + row.free_begin, true);
    std::fill(keep + row.free_end, keep + row.end, true);
}

// Calls one(head, query row, its keys, its keep row) for all rows of `heads` on all threads.
template <typename One>
void for_rows(const KeyRules& rules, const std::vector<std::int64_t>& heads, at::Tensor& keep_HQK, const One& one) {
    const std::int64_t queries = keep_HQK.size(1), n_keys = keep_HQK.size(2);
    bool* keep = keep_HQK.data_ptr<bool>();
    const auto rows = static_cast<std::int64_t>(heads.size()) * queries;
    at::parallel_for(0, rows, 8, [&](std::int64_t begin, std::int64_t end) {
        std::vector<std::int32_t> scratch(static_cast<std::size_t>(n_keys));
        for (std::int64_t index = begin; index < end; ++index) {
            const std::int64_t head = heads[static_cast<std::size_t>(index / queries)], query = index % queries;
            const Row row = row_of(rules, rules.query_begin + query, n_keys);
            bool* out = keep + (head * queries + query) * n_keys;
            mark_forced(row, n_keys, out);
            if (row.n() <= rules.k)
                std::fill(out + row.first, out + row.end, true);
            else
                one(head, query, row, out, scratch.data());
        }
    });
}

GATESCOPE_CPU_CLONES std::int64_t count_true(const bool* values, std::int64_t n) {
    std::int64_t count = 0;
    for (std::int64_t begin = 0; begin < n; begin += kCountedAtOnce) {
        const std::int64_t end = std::min(begin + kCountedAtOnce, n);
        std::int32_t part = 0;
#pragma omp simd reduction(+ : part)
        for (std::int64_t j = begin; j < end; ++j) part += values[j] ? 1 : 0;
        count += part;
    }
    return count;
}

// Row `query` of `head` in a tensor of H heads or one, keys adjacent.
template <typename Scalar>
const Scalar* row_pointer(const at::Tensor& source_HQK, std::int64_t head, std::int64_t query) {
    const std::int64_t which = source_HQK.size(0) == 1 ? 0 : head;
    return source_HQK.const_data_ptr<Scalar>() + which * source_HQK.stride(0) + query * source_HQK.stride(1);
}

at::Tensor with_adjacent_keys(const at::Tensor& source_HQK) {
    return source_HQK.size(2) == 1 || source_HQK.stride(2) == 1 ? source_HQK : source_HQK.contiguous();
}

}  // namespace

void keep_allowed(const KeyRules& rules, const std::vector<std::int64_t>& heads, at::Tensor& keep_HQK) {
    if (!keep_HQK.is_cpu()) return aten::keep_allowed(rules, heads, keep_HQK);
    for_rows(rules, heads, keep_HQK,
             [](auto, auto, const Row& row, bool* keep, auto*) { std::fill(keep + row.first, keep + row.end, true); });
}

void keep_best(const at::Tensor& priority_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK) {
    if (!keep_HQK.is_cpu()) return aten::keep_best(priority_HQK, rules, heads, keep_HQK);
    const at::Tensor source_HQK = with_adjacent_keys(priority_HQK);
    for_rows(rules, heads, keep_HQK,
             [&](std::int64_t head, std::int64_t query, const Row& row, bool* keep, std::int32_t* scratch) {
                 const float* priority = row_pointer<float>(source_HQK, head, query);
                 const std::int64_t wanted = std::max<std::int64_t>(0, rules.k - row.forced());
                 const std::int64_t marked = mark_best(priority + row.free_begin, row.free_end - row.free_begin, wanted,
                                                       scratch, keep + row.free_begin);
                 if (marked + row.forced() == 0) keep[row.own] = true;
             });
}

void keep_mask(const at::Tensor& mask_HQK, const KeyRules& rules, const std::vector<std::int64_t>& heads,
               at::Tensor& keep_HQK) {
    if (!keep_HQK.is_cpu()) return aten::keep_mask(mask_HQK, rules, heads, keep_HQK);
    const at::Tensor source_HQK = with_adjacent_keys(mask_HQK);
    for_rows(rules, heads, keep_HQK, [&](std::int64_t head, std::int64_t query, const Row& row, bool* keep, auto*) {
        const bool* mask = row_pointer<bool>(source_HQK, head, query);
        std::copy(mask + row.free_begin, mask + row.free_end, keep + row.free_begin);
        if (std::find(keep + row.first, keep + row.end, true) == keep + row.end) keep[row.own] = true;
    });
}

void count_kept(const at::Tensor& keep_HQK, const std::vector<std::int64_t>& heads, std::int64_t layer,
                PairTally& tally) {
    if (!keep_HQK.is_cpu()) {
        for (const std::int64_t head : heads) tally.add(layer, keep_HQK.select(0, head).sum(at::kDouble));
        return;
    }
    const std::int64_t cells = keep_HQK.size(1) * keep_HQK.size(2);
    const bool* const keep = keep_HQK.const_data_ptr<bool>();
    std::vector<double> counts(heads.size());
    at::parallel_for(0, static_cast<std::int64_t>(heads.size()), 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t n = begin; n < end; ++n) {
            const auto index = static_cast<std::size_t>(n);
            counts[index] = static_cast<double>(count_true(keep + heads[index] * cells, cells));
        }
    });
    for (const double count : counts) tally.add(layer, count);
}

}  // namespace gatescope
