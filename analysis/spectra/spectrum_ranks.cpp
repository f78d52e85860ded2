#include "analysis/spectra/spectrum_ranks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <vector>

namespace gatescope {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Descending magnitudes over the largest, so that their powers stay within range; empty where all are zero.
std::vector<double> shares_of_largest(std::span<const double> values) {
    std::vector<double> out;
    for (const double value : values) out.push_back(std::abs(value));
    std::sort(out.begin(), out.end(), std::greater<>());
    if (out.empty() || out.front() == 0) return {};
    const double largest = out.front();
    for (double& value : out) value /= largest;
    return out;
}

// The least number of leading values that hold `share` of the summed squares.
double count_for(const std::vector<double>& squares, double total, double share) {
    double sum = 0;
    for (std::size_t n = 0; n < squares.size(); ++n)
        if ((sum += squares[n]) / total >= share) return static_cast<double>(n + 1);
    return static_cast<double>(squares.size());
}

double entropy_of_shares(const std::vector<double>& values, double sum) {
    double entropy = 0;
    for (const double value : values)
        if (value > 0) entropy -= value / sum * std::log(value / sum);
    return entropy;
}

}  // namespace

SpectrumRanks ranks_of(std::span<const double> values) {
    const std::vector<double> sizes = shares_of_largest(values);
    if (sizes.empty()) return {0, 0, 0, kNone, kNone, kNone};
    double sum = 0, total = 0, fourth = 0;
    std::vector<double> squares;
    for (const double size : sizes) {
        squares.push_back(size * size);
        sum += size;
        total += squares.back();
        fourth += squares.back() * squares.back();
    }
    return {.rank_50 = count_for(squares, total, 0.5),
            .rank_90 = count_for(squares, total, 0.9),
            .rank_99 = count_for(squares, total, 0.99),
            .effective_rank = std::exp(entropy_of_shares(sizes, sum)),
            .participation_ratio = total * total / fourth,
            .stable_rank = total};
}

double rank_of(const SpectrumRanks& ranks, const std::string& id) {
    static const std::map<std::string, double SpectrumRanks::*> fields = {
        {"rank_50", &SpectrumRanks::rank_50},
        {"rank_90", &SpectrumRanks::rank_90},
        {"rank_99", &SpectrumRanks::rank_99},
        {"effective_rank", &SpectrumRanks::effective_rank},
        {"participation_ratio", &SpectrumRanks::participation_ratio},
        {"stable_rank", &SpectrumRanks::stable_rank},
    };
    return ranks.*fields.at(id);
}

}  // namespace gatescope
