#include "app/window/depth_charts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spectra/spectra_metrics.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

const HeadGrid* rank_grid(const SpectrumPart& part, const std::string& rank) {
    const auto found = part.ranks.find(rank);
    return found == part.ranks.end() ? nullptr : &found->second;
}

std::string percent_text(double value) {
    return formatted("%.4g %%", 100 * value);
}

struct Series {
    ChartLine mean, head;
    ChartBand band;
};

// `flip`: 1 - value, as symmetric stands to skew.
Series series_of(const HeadGrid& grid, const std::vector<std::int64_t>& layers, std::int64_t column, bool flip) {
    Series out;
    const auto turned = [flip](double value) { return flip ? 1 - value : value; };
    for (std::int64_t row = 0; row < std::min(grid.n_layers, std::ssize(layers)); ++row) {
        const LayerSpread spread = layer_spread(grid, row);
        if (!std::isfinite(spread.mean)) continue;
        const auto x = static_cast<double>(layers[static_cast<std::size_t>(row)]);
        const double low = turned(spread.low), high = turned(spread.high);
        out.mean.add(x, turned(spread.mean));
        out.band.x.push_back(x);
        out.band.low.push_back(std::min(low, high)), out.band.high.push_back(std::max(low, high));
        if (column >= 0 && column < grid.n_heads) out.head.add(x, turned(static_cast<double>(grid.at(row, column))));
    }
    return out;
}

void add_series(Chart& chart, Series series, const std::string& label, const ImVec4& colour) {
    series.band.colour = faded(colour, 0.18F);
    series.mean.label = label, series.mean.colour = colour;
    series.head.label = label + ", selected head", series.head.colour = faded(colour, 0.9F), series.head.weight = 1;
    series.head.silent = true;
    chart.bands.push_back(std::move(series.band));
    chart.lines.push_back(std::move(series.mean));
    chart.lines.push_back(std::move(series.head));
}

void set_layer_axis(ChartAxis& axis, const std::vector<std::int64_t>& layers) {
    axis.label = "layer";
    axis.whole = true;
    if (layers.empty()) return;
    axis.least = static_cast<double>(layers.front()) - 0.5, axis.most = static_cast<double>(layers.back()) + 0.5;
}

// The same range, so that both are read against each other: from zero, or around what there is.
void share_range(std::array<Chart, 2>& charts, bool from_zero) {
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const Chart& chart : charts) {
        for (const ChartLine& line : chart.lines)
            for (const double value : line.y) least = std::min(least, value), most = std::max(most, value);
        for (const ChartBand& band : chart.bands)
            for (const double value : band.high) most = std::max(most, value);
        for (const ChartLevel& level : chart.levels) most = std::max(most, level.y);
    }
    if (from_zero || !(least < most)) least = 0;
    if (most <= 0) most = 1;
    const double room = 0.08 * (most - least);
    for (Chart& chart : charts) chart.y.least = least > 0 ? std::max(0.0, least - room) : 0, chart.y.most = most + room;
}

std::vector<std::int64_t> layers_of(const ModelSpectra& model) {
    return model.layers.members(model.model->config.n_layers);
}

ChartLine depth_line(const CheckpointLine& checkpoint, const HeadGrid& grid, bool relative) {
    ChartLine out;
    out.label = checkpoint.model->name, out.colour = checkpoint.colour;
    const std::vector<std::int64_t> layers = layers_of(*checkpoint.model);
    const auto last = static_cast<double>(std::max<std::int64_t>(checkpoint.model->model->config.n_layers - 1, 1));
    for (std::int64_t row = 0; row < std::min(grid.n_layers, std::ssize(layers)); ++row) {
        const auto layer = static_cast<double>(layers[static_cast<std::size_t>(row)]);
        out.add(relative ? layer / last : layer, layer_spread(grid, row).mean);
    }
    return out;
}

// The model's projections replaced by Gaussian ones of equal norm.
const WeightSpectra* random_projections(const Spectra& spectra, KernelForm form) {
    if (!spectra.controls) return nullptr;
    const auto& found =
        form == KernelForm::kRaw ? spectra.controls->raw_projections : spectra.controls->folded_projections;
    return found ? &*found : nullptr;
}

void add_random_projections(std::array<Chart, 2>& charts, const ModelSpectra& model, const DepthWish& wish,
                            const ImVec4& colour) {
    const WeightSpectra* random = random_projections(*model.spectra, wish.form);
    if (random == nullptr) return;
    for (std::size_t part = 0; part < 2; ++part)
        if (const HeadGrid* grid = rank_grid(part == 0 ? random->skew : random->symmetric, wish.rank)) {
            Series series = series_of(*grid, layers_of(model), -1, false);
            series.mean.label = "random projections", series.mean.colour = colour, series.mean.weight = 1.5F;
            series.mean.silent = true;
            charts[part].lines.push_back(std::move(series.mean));
        }
}

}  // namespace

double mean_of_heads(const HeadGrid& grid) {
    double sum = 0, count = 0;
    for (const float value : grid.values)
        if (std::isfinite(value)) sum += static_cast<double>(value), ++count;
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / count;
}

LayerSpread layer_spread(const HeadGrid& grid, std::int64_t row) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    LayerSpread out{0, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    std::int64_t count = 0;
    for (std::int64_t column = 0; column < grid.n_heads; ++column) {
        const auto value = static_cast<double>(grid.at(row, column));
        if (!std::isfinite(value)) continue;
        out.mean += value, ++count;
        out.low = std::min(out.low, value), out.high = std::max(out.high, value);
    }
    if (count == 0) return {kNone, kNone, kNone};
    out.mean /= static_cast<double>(count);
    return out;
}

Chart fraction_chart(const ModelSpectra& model, const DepthWish& wish, const Theme& theme) {
    Chart out;
    const WeightSpectra* kernels = kernels_of(*model.spectra, wish.form);
    if (kernels == nullptr || !kernels->figures.contains("skew_fraction")) return out;
    const HeadGrid& skew = kernels->figures.at("skew_fraction");
    const std::vector<std::int64_t> layers = layers_of(model);
    add_series(out, series_of(skew, layers, wish.column, true), "filtering", filtering_colour(theme));
    add_series(out, series_of(skew, layers, wish.column, false), "routing", routing_colour(theme));
    set_layer_axis(out.x, layers);
    out.y.label = "share of the squared norm";
    out.y.text = percent_text;
    out.y.least = 0, out.y.most = 1.02;
    if (model.spectra->controls) {
        const auto& random = model.spectra->controls->kernels.figures;
        if (const auto found = random.find("skew_fraction"); found != random.end())
            out.levels.push_back(
                {"random kernels route", static_cast<double>(found->second[1]), theme.colours.secondary});
    }
    if (wish.row >= 0)
        out.marks.push_back({"", static_cast<double>(layers[static_cast<std::size_t>(wish.row)]),
                             faded(theme.colours.secondary, 0.6F)});
    return out;
}

std::array<Chart, 2> rank_charts(const std::vector<CheckpointLine>& models, const DepthWish& wish, const Theme& theme) {
    std::array<Chart, 2> out;
    const bool relative = models.size() > 1;
    for (const CheckpointLine& checkpoint : models) {
        const WeightSpectra* kernels = kernels_of(*checkpoint.model->spectra, wish.form);
        if (kernels == nullptr) continue;
        for (std::size_t part = 0; part < 2; ++part)
            if (const HeadGrid* grid = rank_grid(part == 0 ? kernels->skew : kernels->symmetric, wish.rank))
                out[part].lines.push_back(depth_line(checkpoint, *grid, relative));
    }
    for (Chart& chart : out) {
        if (relative) {
            chart.x.label = "share of the depth";
            chart.x.ticks = {0, 0.25, 0.5, 0.75, 1};
            chart.x.least = -0.02, chart.x.most = 1.02;
            chart.x.text = percent_text;
        } else if (!models.empty()) {
            set_layer_axis(chart.x, layers_of(*models.front().model));
        }
    }
    if (models.size() == 1 && wish.random)
        add_random_projections(out, *models.front().model, wish, theme.colours.secondary);
    out[0].y.label = rank_label(wish.rank);
    share_range(out, false);
    return out;
}

std::array<Chart, 2> capacity_charts(const ModelSpectra& model, const DepthWish& wish, const Theme& theme) {
    std::array<Chart, 2> out;
    if (!model.spectra->activations) return out;
    const ActivationSpectra& activations = *model.spectra->activations;
    const WeightSpectra* kernels = kernels_of(*model.spectra, wish.form);
    const std::vector<std::int64_t> layers = layers_of(model);
    for (std::size_t part = 0; part < 2; ++part) {
        Chart& chart = out[part];
        const SpectrumPart& seen = part == 0 ? activations.skew : activations.symmetric;
        if (const HeadGrid* grid = rank_grid(seen, wish.rank))
            add_series(chart, series_of(*grid, layers, wish.column, false), "activations",
                       part == 0 ? routing_colour(theme) : filtering_colour(theme));
        const HeadGrid* own =
            kernels == nullptr ? nullptr : rank_grid(part == 0 ? kernels->skew : kernels->symmetric, wish.rank);
        if (own != nullptr) {
            Series series = series_of(*own, layers, -1, false);
            series.mean.label = "weight kernel", series.mean.colour = theme.colours.secondary;
            series.mean.silent = true;
            chart.lines.push_back(std::move(series.mean));
        }
        chart.levels.push_back({formatted("capacity %lld", static_cast<long long>(activations.capacity)),
                                static_cast<double>(activations.capacity), theme.colours.text});
        set_layer_axis(chart.x, layers);
        if (wish.row >= 0)
            chart.marks.push_back({"", static_cast<double>(layers[static_cast<std::size_t>(wish.row)]),
                                   faded(theme.colours.secondary, 0.6F)});
    }
    out[0].y.label = rank_label(wish.rank);
    share_range(out, true);
    return out;
}

std::string capacity_words(const ModelSpectra& model, const DepthWish& wish) {
    if (!model.spectra->activations) return {};
    const ActivationSpectra& activations = *model.spectra->activations;
    const HeadGrid* seen = rank_grid(activations.skew, wish.rank);
    if (seen == nullptr || activations.capacity < 1) return {};
    const double mean = mean_of_heads(*seen);
    std::string out =
        formatted("Routing runs at %.1f of %lld: %.0f %% of its capacity", mean,
                  static_cast<long long>(activations.capacity), 100 * mean / static_cast<double>(activations.capacity));
    const WeightSpectra* kernels = kernels_of(*model.spectra, wish.form);
    const HeadGrid* own = kernels == nullptr ? nullptr : rank_grid(kernels->skew, wish.rank);
    return own == nullptr ? out + "." : out + formatted("; its weight kernels have %.1f.", mean_of_heads(*own));
}

std::string rank_label(const std::string& rank) {
    for (const RankInfo& info : rank_infos())
        if (info.id == rank) return info.label;
    return rank;
}

}  // namespace gatescope
