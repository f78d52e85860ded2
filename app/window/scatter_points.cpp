#include "app/window/scatter_points.h"

#include <algorithm>
#include <cmath>

#include "analysis/spectra/spectra_metrics.h"
#include "app/window/correlation.h"
#include "app/window/derived.h"

namespace gatescope {

namespace {

// A figure of a model's heads.
struct Figure {
    std::shared_ptr<const HeadGrid> grid;  // may live in the run or in the spectra
    std::vector<std::int64_t> layers, heads;
    explicit operator bool() const { return grid != nullptr && !grid->values.empty(); }
};

Figure figure_of_run(const RunResult& run, const MetricInfo& metric, const ScatterChoice& choice) {
    if (run.model == nullptr || (metric.of_gate && (!choice.gate || *choice.gate >= run.gates.size()))) return {};
    return {metric_grid(run, metric, choice.k, choice.gate.value_or(0)),
            run.request.layers.members(run.model->config.n_layers),
            run.request.heads.members(run.model->config.n_heads)};
}

Figure figure_of_spectra(const std::shared_ptr<const ModelSpectra>& model, const MetricInfo& metric) {
    if (model == nullptr || model->spectra == nullptr || model->model == nullptr || !metric.of_spectra) return {};
    const HeadGrid* const grid = spectra_grid(*model->spectra, metric.id);
    if (grid == nullptr) return {};
    return {std::shared_ptr<const HeadGrid>(model, grid), model->layers.members(model->model->config.n_layers),
            model->heads.members(model->model->config.n_heads)};
}

bool same_weights(const ModelSummary& a, const ModelSummary& b) {
    return a.sha256.empty() || b.sha256.empty() ? a.name == b.name && a.parameter_count == b.parameter_count
                                                : a.sha256 == b.sha256;
}

// The checkpoint of the survey that is the model shown, by its place; none where there is none.
std::optional<std::size_t> surveyed(const Snapshot& snapshot, const ModelSummary* model) {
    if (snapshot.survey == nullptr || model == nullptr) return {};
    const auto& models = snapshot.survey->models;
    for (std::size_t place = 0; place < models.size(); ++place)
        if (models[place]->model != nullptr && same_weights(*models[place]->model, *model)) return place;
    return {};
}

// Of numbers that ascend, as a capture of very many layers would take for ever otherwise; -1 where it is missing.
std::int64_t place_in(const std::vector<std::int64_t>& numbers, std::int64_t number) {
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), number);
    return found == numbers.end() || *found != number ? -1 : found - numbers.begin();
}

double value_at(const Figure& figure, const HeadPlace& place) {
    const std::int64_t row = place_in(figure.layers, place.layer), column = place_in(figure.heads, place.head);
    if (row < 0 || column < 0 || row >= figure.grid->n_layers || column >= figure.grid->n_heads) return std::nan("");
    return static_cast<double>(figure.grid->at(row, column));
}

void add_points(const Figure& x, const Figure& y, const ScatterChoice& choice, ScatterSource source, Scatter& out) {
    if (!x || !y) return;
    for (const std::int64_t layer : x.layers)
        for (const std::int64_t head : x.heads) {
            const ScatterPoint point{
                value_at(x, {layer, head}), value_at(y, {layer, head}), {layer, head}, out.sources.size()};
            if (!std::isfinite(point.x) || !std::isfinite(point.y)) {
                ++out.without_value;
            } else if ((choice.log_x && point.x <= 0) || (choice.log_y && point.y <= 0)) {
                ++out.not_positive;
            } else {
                out.points.push_back(point);
                out.layers = std::max(out.layers, layer + 1);
            }
        }
    out.sources.push_back(std::move(source));
}

void correlate(const ScatterChoice& choice, Scatter& scatter) {
    std::vector<double> x, y;
    for (const ScatterPoint& point : scatter.points) {
        x.push_back(choice.log_x ? std::log(point.x) : point.x);
        y.push_back(choice.log_y ? std::log(point.y) : point.y);
    }
    scatter.pearson = pearson(x, y);
    scatter.spearman = spearman(x, y);
}

}  // namespace

Scatter scatter_of(const Snapshot& snapshot, const RunResult* shown, const ScatterChoice& choice) {
    Scatter out;
    out.x = &metric_called(choice.x);
    out.y = &metric_called(choice.y);
    const ModelSummary* model = shown != nullptr ? shown->model.get() : snapshot.model.get();
    const std::optional<std::size_t> twin = surveyed(snapshot, model);
    const auto of_shown = [&](const MetricInfo& metric) {
        Figure figure = shown == nullptr ? Figure() : figure_of_run(*shown, metric, choice);
        if (!figure && snapshot.capture == nullptr) figure = figure_of_spectra(snapshot.spectra, metric);
        return figure || !twin ? figure : figure_of_spectra(snapshot.survey->models[*twin], metric);
    };
    if (model != nullptr) add_points(of_shown(*out.x), of_shown(*out.y), choice, {model->name, twin, true}, out);
    if (snapshot.survey != nullptr)
        for (std::size_t place = 0; place < snapshot.survey->models.size(); ++place) {
            const std::shared_ptr<const ModelSpectra>& other = snapshot.survey->models[place];
            if (place != twin)
                add_points(figure_of_spectra(other, *out.x), figure_of_spectra(other, *out.y), choice,
                           {other->name, place, false}, out);
        }
    correlate(choice, out);
    return out;
}

bool ScatterBox::holds(const ScatterPoint& point) const {
    return point.x >= std::min(x_from, x_to) && point.x <= std::max(x_from, x_to) &&
           point.y >= std::min(y_from, y_to) && point.y <= std::max(y_from, y_to);
}

std::vector<std::size_t> points_in(const Scatter& scatter, const ScatterBox& box) {
    std::vector<std::size_t> out;
    for (std::size_t at = 0; at < scatter.points.size(); ++at)
        if (box.holds(scatter.points[at])) out.push_back(at);
    return out;
}

ScatterMeans means_of(const Scatter& scatter, const std::vector<std::size_t>& points) {
    ScatterMeans out;
    double x = 0, y = 0;
    for (const std::size_t at : points) x += scatter.points[at].x, y += scatter.points[at].y;
    out.count = points.size();
    if (out.count > 0) out.x = x / static_cast<double>(out.count), out.y = y / static_cast<double>(out.count);
    return out;
}

}  // namespace gatescope
