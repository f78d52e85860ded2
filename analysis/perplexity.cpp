#include "analysis/perplexity.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace gatescope {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Losses of one window: their sum and how many were scored.
struct Window {
    double sum = 0;
    std::int64_t tokens = 0;
    double mean() const { return sum / static_cast<double>(tokens); }
};

Window add_up(const std::vector<float>& token_nll) {
    Window window;
    for (const float nll : token_nll) {
        if (std::isnan(nll)) continue;
        window.sum += static_cast<double>(nll);
        ++window.tokens;
    }
    return window;
}

// sd (ddof 1) / sqrt(n); NaN for fewer than two.
double standard_error(const std::vector<double>& means) {
    if (means.size() < 2) return kNone;
    const auto n = static_cast<double>(means.size());
    double mean = 0;
    for (const double value : means) mean += value / n;
    double squares = 0;
    for (const double value : means) squares += (value - mean) * (value - mean);
    return std::sqrt(squares / (n - 1)) / std::sqrt(n);
}

}  // namespace

double student_t_95(std::int64_t degrees_of_freedom) {
    if (degrees_of_freedom < 1) return kNone;
    return boost::math::quantile(boost::math::students_t(static_cast<double>(degrees_of_freedom)), 0.975);
}

PerplexityEstimate estimate_perplexity(const std::vector<std::vector<float>>& token_nll) {
    PerplexityEstimate out;
    Window total;
    std::vector<double> means;
    for (const std::vector<float>& row : token_nll) {
        const Window window = add_up(row);
        if (window.tokens == 0) continue;
        total.sum += window.sum;
        total.tokens += window.tokens;
        means.push_back(window.mean());
    }
    out.tokens = total.tokens;
    out.windows = static_cast<std::int64_t>(means.size());
    if (out.windows == 0) return out;
    out.nll = total.mean();
    out.perplexity = std::exp(out.nll);
    out.nll_standard_error = standard_error(means);
    const double reach = student_t_95(out.windows - 1) * out.nll_standard_error;
    out.low = std::exp(out.nll - reach);
    out.high = std::exp(out.nll + reach);
    return out;
}

WindowMeans window_means(const std::vector<std::vector<float>>& token_nll) {
    WindowMeans out;
    for (const std::vector<float>& row : token_nll) {
        const Window window = add_up(row);
        out.nll.push_back(window.tokens > 0 ? window.mean() : kNone);
        out.tokens.push_back(window.tokens);
    }
    return out;
}

PairedDifference difference_of_means(const WindowMeans& rows, const WindowMeans& reference) {
    PairedDifference out;
    Window mine, theirs;
    std::vector<double> differences;
    const auto add = [](Window& total, const WindowMeans& from, std::size_t n) {
        total.sum += from.nll[n] * static_cast<double>(from.tokens[n]);
        total.tokens += from.tokens[n];
    };
    for (std::size_t n = 0; n < std::min(rows.tokens.size(), reference.tokens.size()); ++n) {
        if (rows.tokens[n] == 0 || reference.tokens[n] == 0) continue;
        add(mine, rows, n);
        add(theirs, reference, n);
        differences.push_back(rows.nll[n] - reference.nll[n]);
    }
    out.windows = static_cast<std::int64_t>(differences.size());
    if (out.windows == 0) return out;
    out.nll = mine.mean() - theirs.mean();
    out.standard_error = standard_error(differences);
    const double reach = student_t_95(out.windows - 1) * out.standard_error;
    out.low = out.nll - reach;
    out.high = out.nll + reach;
    return out;
}

PairedDifference paired_difference(const std::vector<std::vector<float>>& rows,
                                   const std::vector<std::vector<float>>& reference) {
    return difference_of_means(window_means(rows), window_means(reference));
}

}  // namespace gatescope
