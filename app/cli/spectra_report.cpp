#include "app/cli/spectra_report.h"

#include <algorithm>
#include <cmath>

#include "analysis/spectra/spectra_metrics.h"
#include "app/engine/text_table.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

// What a table shows of either form, by metric path behind it.
struct Figure {
    const char *title, *path, *format;
};
constexpr Figure kFigures[] = {
    {"skew fraction", "skew_fraction", "%.3f"},
    {"rank of routing", "skew/effective_rank", "%.1f"},
    {"of filtering", "symmetric/effective_rank", "%.1f"},
    {"of both", "effective_rank", "%.1f"},
    {"positivity", "positivity", "%+.3f"},
    {"directionality", "directionality", "%+.3f"},
};
constexpr const char* kForms[] = {"raw", "folded"};

const HeadGrid* grid_of(const ModelSpectra& model, const char* form, const char* path) {
    return spectra_grid(*model.spectra, std::string("weights/") + form + "/" + path);
}

bool has(const ModelSpectra& model, const std::string& form) {
    return form == "raw" ? model.spectra->raw.has_value() : model.spectra->folded.has_value();
}

// Of the values that are numbers; NaN where none is.
double mean(std::vector<float>::const_iterator begin, std::vector<float>::const_iterator end) {
    double sum = 0, count = 0;
    for (auto value = begin; value != end; ++value)
        if (!std::isnan(*value)) {
            sum += static_cast<double>(*value);
            ++count;
        }
    return sum / count;
}

double mean(const HeadGrid& grid) {
    return mean(grid.values.begin(), grid.values.end());
}

double layer_mean(const HeadGrid& grid, std::int64_t row) {
    const auto begin = grid.values.begin() + row * grid.n_heads;
    return mean(begin, begin + grid.n_heads);
}

std::int64_t capacity(const ModelSpectra& model) {
    const ModelConfig& config = model.model->config;
    return std::min(2 * config.d_head, config.d_model);
}

std::vector<Column> columns(std::vector<Column> first) {
    for (const Figure& figure : kFigures) first.push_back({figure.title});
    return first;
}

std::string layers_table(const ModelSpectra& model, const char* form) {
    const std::vector<std::int64_t> layers = model.layers.members(model.model->config.n_layers);
    std::vector<Row> rows;
    for (std::size_t n = 0; n < layers.size(); ++n) {
        Row row = {std::to_string(layers[n])};
        for (const Figure& figure : kFigures)
            row.push_back(
                number(figure.format, layer_mean(*grid_of(model, form, figure.path), static_cast<std::int64_t>(n))));
        rows.push_back(std::move(row));
    }
    return std::string(form) + "\n" + table(columns({{"layer"}}), rows);
}

std::string one_model(const ModelSpectra& model) {
    std::string out;
    for (const char* form : kForms)
        if (has(model, form)) out += layers_table(model, form) + "\n";
    return out + "means over heads; a part has " + std::to_string(capacity(model)) + " values, so that is the most " +
           "its rank can be\n";
}

std::string many_models(const SpectraSurvey& survey) {
    std::vector<Row> rows;
    for (const auto& model : survey.models)
        for (const char* form : kForms) {
            if (!has(*model, form)) continue;
            const HeadGrid& any = *grid_of(*model, form, kFigures[0].path);
            Row row = {model->name, form, std::to_string(any.values.size()), std::to_string(capacity(*model))};
            for (const Figure& figure : kFigures)
                row.push_back(number(figure.format, mean(*grid_of(*model, form, figure.path))));
            rows.push_back(std::move(row));
        }
    return table(columns({{"model", Align::kLeft}, {"weights", Align::kLeft}, {"heads"}, {"capacity"}}), rows) +
           "means over all heads; capacity is the most that a part's rank can be\n";
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json grid_json(const HeadGrid& grid) {
    ordered_json by_layer = ordered_json::array();
    for (std::int64_t row = 0; row < grid.n_layers; ++row) by_layer.push_back(plain(layer_mean(grid, row)));
    return {{"mean", plain(mean(grid))}, {"by_layer", std::move(by_layer)}};
}

ordered_json model_json(const ModelSpectra& model) {
    const ModelConfig& config = model.model->config;
    return {{"name", model.name},
            {"sha256", model.model->sha256},
            {"architecture", model.model->architecture},
            {"layers", model.layers.members(config.n_layers)},
            {"heads", model.heads.members(config.n_heads)},
            {"d_model", config.d_model},
            {"d_head", config.d_head},
            {"capacity", capacity(model)},
            {"figures", figures_json(*model.spectra)}};
}

}  // namespace

std::string spectra_table(const SpectraSurvey& survey) {
    if (survey.models.size() == 1) return one_model(*survey.models.front());
    return many_models(survey);
}

ordered_json figures_json(const Spectra& spectra) {
    ordered_json figures = ordered_json::object();
    for (const MetricInfo& metric : spectra_metric_infos())
        if (const HeadGrid* const grid = spectra_grid(spectra, metric.id); grid != nullptr)
            figures[metric.id] = grid_json(*grid);
    return figures;
}

ordered_json spectra_json(const SpectraSurvey& survey) {
    ordered_json models = ordered_json::array();
    for (const auto& model : survey.models) models.push_back(model_json(*model));
    return {{"delta", survey.request.delta},
            {"controls", survey.request.controls},
            {"models", std::move(models)},
            {"complete", survey.complete}};
}

}  // namespace gatescope
