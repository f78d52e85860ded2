#include "analysis/spectra/spectrum_tables.h"

#include <algorithm>

#include "analysis/spectra/spectra_metrics.h"
#include "analysis/spectra/spectrum_ranks.h"

namespace gatescope {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

HeadGrid blank_grid(std::int64_t n_layers, std::int64_t n_heads) {
    return {n_layers, n_heads, std::vector<float>(static_cast<std::size_t>(n_layers * n_heads), kNone)};
}

SpectrumPart blank_part(std::int64_t n_layers, std::int64_t n_heads, std::int64_t n_values) {
    SpectrumPart out;
    out.values = {n_layers, n_heads, n_values,
                  std::vector<float>(static_cast<std::size_t>(n_layers * n_heads * n_values), kNone)};
    for (const RankInfo& rank : rank_infos()) out.ranks[rank.id] = blank_grid(n_layers, n_heads);
    return out;
}

void put_values(const std::vector<double>& values, std::size_t place, SpectrumPart& part) {
    const auto count = static_cast<std::size_t>(part.values.n_values);
    std::transform(values.begin(), values.end(),
                   part.values.values.begin() + static_cast<std::ptrdiff_t>(place * count),
                   [](double value) { return static_cast<float>(value); });
    const SpectrumRanks ranks = ranks_of(values);
    for (auto& [id, grid] : part.ranks) grid.values[place] = static_cast<float>(rank_of(ranks, id));
}

void list_ranks(const std::string& path, const std::vector<double>& values, std::map<std::string, double>& out) {
    const SpectrumRanks ranks = ranks_of(values);
    for (const RankInfo& rank : rank_infos()) out[path + rank.id] = rank_of(ranks, rank.id);
}

std::map<std::string, double> plain_figures(const KernelSpectrum& head) {
    return {{"skew_fraction", head.skew_fraction},
            {"positivity", head.positivity},
            {"directionality", head.directionality}};
}

}  // namespace

WeightSpectra blank_weight_spectra(std::int64_t n_layers, std::int64_t n_heads, std::int64_t d_head,
                                   std::int64_t d_model) {
    const std::int64_t n_part = std::min(2 * d_head, d_model);
    WeightSpectra out{.whole = blank_part(n_layers, n_heads, std::min(d_head, d_model)),
                      .skew = blank_part(n_layers, n_heads, n_part),
                      .symmetric = blank_part(n_layers, n_heads, n_part),
                      .figures = {}};
    for (const auto& [id, value] : plain_figures({})) out.figures[id] = blank_grid(n_layers, n_heads);
    return out;
}

void put(const KernelSpectrum& head, std::int64_t layer_row, std::int64_t head_column, WeightSpectra& out) {
    const auto place = static_cast<std::size_t>(layer_row * out.whole.values.n_heads + head_column);
    put_values(head.singular_values, place, out.whole);
    put_values(head.skew_values, place, out.skew);
    put_values(head.symmetric_values, place, out.symmetric);
    for (const auto& [id, value] : plain_figures(head)) out.figures.at(id).values[place] = static_cast<float>(value);
}

std::map<std::string, double> figures_of(const KernelSpectrum& head) {
    std::map<std::string, double> out = plain_figures(head);
    list_ranks("", head.singular_values, out);
    list_ranks("skew/", head.skew_values, out);
    list_ranks("symmetric/", head.symmetric_values, out);
    return out;
}

}  // namespace gatescope
