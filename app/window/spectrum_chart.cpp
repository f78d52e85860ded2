#include "app/window/spectrum_chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <span>

#include "app/window/spectra_looks.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr std::size_t kMostOthers = 40;
constexpr double kLeastShown = 1e-6;  // of the largest, on a logarithmic axis

using Values = std::vector<double>;

double squares(std::span<const double> values) {
    double sum = 0;
    for (const double value : values) sum += value * value;
    return sum;
}

Values head_values(const SpectrumPart& part, const HeadCell& head) {
    const std::span<const float> values = part.values.at(head.row, head.column);
    return {values.begin(), values.end()};
}

Values layer_mean(const SpectrumPart& part, std::int64_t row) {
    Values out(static_cast<std::size_t>(part.values.n_values), 0);
    for (std::int64_t column = 0; column < part.values.n_heads; ++column) {
        const std::span<const float> values = part.values.at(row, column);
        for (std::size_t at = 0; at < out.size(); ++at) out[at] += static_cast<double>(values[at]);
    }
    for (double& value : out) value /= static_cast<double>(std::max<std::int64_t>(part.values.n_heads, 1));
    return out;
}

// Magnitudes of one sign, descending: 0 those of both. A capture may hold what is no number, which has no place among
// them.
Values of_sign(const Values& values, int sign) {
    Values out;
    for (const double value : values)
        if (sign == 0 ? std::isfinite(value) : sign > 0 ? value > 0 : value < 0) out.push_back(std::abs(value));
    std::sort(out.begin(), out.end(), std::greater<>());
    return out;
}

Values cumulated(const Values& magnitudes, double energy) {
    Values out;
    double sum = 0;
    for (const double value : magnitudes) out.push_back((sum += value * value) / energy);
    return out;
}

const SpectrumPart& part_of(const WeightSpectra& kernels, SpectrumPartChoice part) {
    if (part == SpectrumPartChoice::kSkew) return kernels.skew;
    return part == SpectrumPartChoice::kSymmetric ? kernels.symmetric : kernels.whole;
}

const ControlBand& band_of(const RandomKernels& random, SpectrumPartChoice part) {
    if (part == SpectrumPartChoice::kSkew) return random.skew;
    return part == SpectrumPartChoice::kSymmetric ? random.symmetric : random.whole;
}

// What a line is made of: values of a part, all of them or those of one sign.
struct Source {
    const SpectrumPart* part = nullptr;
    int sign = 0;
    std::string label;
    ImVec4 colour;
};

std::vector<Source> sources_of(const Spectra& spectra, const SpectraView& view, const Theme& theme) {
    if (view.part == SpectrumPartChoice::kActivations) {
        const ActivationSpectra& found = *spectra.activations;
        return {{&found.skew, 0, "routing", routing_colour(theme)},
                {&found.symmetric, 0, "filtering", filtering_colour(theme)},
                {&found.centred, 0, "centred scores", theme.colours.text}};
    }
    const SpectrumPart& part = part_of(*kernels_of(spectra, view.form), view.part);
    if (view.part == SpectrumPartChoice::kWhole) return {{&part, 0, "kernel", theme.colours.text}};
    if (view.part == SpectrumPartChoice::kSkew) return {{&part, 0, "routing", routing_colour(theme)}};
    if (view.cumulative) return {{&part, 0, "filtering", filtering_colour(theme)}};
    return {{&part, 1, "attracts like", filtering_colour(theme)}, {&part, -1, "repels like", opposing_colour(theme)}};
}

SpectrumLine line_of(const Source& source, const HeadCell& head) {
    SpectrumLine out;
    out.label = source.label, out.colour = source.colour;
    const Values values = head_values(*source.part, head);
    out.energy = squares(values);
    out.head = of_sign(values, source.sign);
    out.layer_mean = of_sign(layer_mean(*source.part, head.row), source.sign);
    return out;
}

double norm_of(const Spectra& spectra, const SpectraView& view, const HeadCell& head) {
    return std::sqrt(squares(head_values(kernels_of(spectra, view.form)->whole, head)));
}

// Random kernels as large as the head's. Of filtering, each sign from its own end.
void add_controls(SpectrumLine& line, const ControlBand& band, int sign, double norm) {
    const auto scaled = [norm](float value) { return norm * std::abs(static_cast<double>(value)); };
    const std::size_t count = band.mean.size();
    for (std::size_t at = 0; at < count; ++at) {
        const std::size_t place = sign < 0 ? count - 1 - at : at;
        if (sign != 0 && (sign > 0 ? band.mean[place] <= 0 : band.mean[place] >= 0)) break;
        const double first = scaled(band.low[place]), second = scaled(band.high[place]);
        if (!std::isfinite(first) || !std::isfinite(second)) continue;
        line.low.push_back(std::min(first, second)), line.high.push_back(std::max(first, second));
    }
    if (sign != 0) return;
    std::sort(line.low.begin(), line.low.end(), std::greater<>());
    std::sort(line.high.begin(), line.high.end(), std::greater<>());
}

void cumulate(SpectrumLine& line) {
    line.head = cumulated(line.head, line.energy);
    line.layer_mean = cumulated(line.layer_mean, squares(line.layer_mean));
    const Values low = cumulated(line.low, squares(line.low)), high = cumulated(line.high, squares(line.high));
    for (std::size_t at = 0; at < low.size(); ++at)
        line.low[at] = std::min(low[at], high[at]), line.high[at] = std::max(low[at], high[at]);
}

ChartLine drawn(const Values& values, const ImVec4& colour, const std::string& label, float weight, double least) {
    ChartLine out;
    out.label = label, out.colour = colour, out.weight = weight;
    for (std::size_t at = 0; at < values.size(); ++at)
        if (values[at] > least) out.add(static_cast<double>(at + 1), values[at]);
    return out;
}

void add_band(Chart& chart, const SpectrumLine& line, const ImVec4& colour, double least) {
    ChartBand band;
    band.colour = colour;
    for (std::size_t at = 0; at < line.low.size(); ++at) {
        if (line.low[at] <= least) continue;
        band.x.push_back(static_cast<double>(at + 1));
        band.low.push_back(line.low[at]), band.high.push_back(line.high[at]);
    }
    if (band.x.size() > 1) chart.bands.push_back(std::move(band));
}

void add_others(SpectrumPicture& picture, const std::vector<Source>& sources, const std::vector<HeadCell>& others,
                const SpectraView& view, double least) {
    std::size_t count = 0;
    for (const HeadCell& other : others) {
        if (!other.there() || ++count > kMostOthers) continue;
        for (const Source& source : sources) {
            const Values values = head_values(*source.part, other);
            Values shown = of_sign(values, source.sign);
            if (view.cumulative) shown = cumulated(shown, squares(values));
            ChartLine line =
                drawn(shown, faded(source.colour, 0.35F), "other " + std::to_string(count) + source.label, 1, least);
            line.silent = true;
            picture.chart.lines.push_back(std::move(line));
        }
        picture.others = true;
    }
}

// Where 50, 90 and 99 % of the energy are reached: a component, or, where signs are drawn apart, a magnitude.
void add_marks(SpectrumPicture& picture, const Source& first, const HeadCell& head, const Theme& theme) {
    const Values magnitudes = of_sign(head_values(*first.part, head), 0);
    constexpr std::array<std::pair<const char*, const char*>, 3> kMarks = {
        {{"rank_50", "50 %"}, {"rank_90", "90 %"}, {"rank_99", "99 %"}}};
    for (const auto& [id, share] : kMarks) {
        const auto found = first.part->ranks.find(id);
        if (found == first.part->ranks.end()) continue;
        const double rank = static_cast<double>(found->second.at(head.row, head.column));
        if (!std::isfinite(rank) || rank < 1) continue;
        const std::string label = formatted("%s in %.0f", share, rank);
        if (first.sign == 0)
            picture.chart.marks.push_back({label, rank, theme.colours.secondary});
        else if (rank <= static_cast<double>(magnitudes.size()))
            picture.chart.levels.push_back(
                {label, magnitudes[static_cast<std::size_t>(rank) - 1], theme.colours.secondary});
        if (std::string(id) == "rank_90") picture.summary = label + formatted(" of %zu", magnitudes.size());
    }
}

const char* value_label(const SpectraView& view) {
    if (view.cumulative) return "share of the norm so far";
    switch (view.part) {
        case SpectrumPartChoice::kSymmetric:
            return "eigenvalue, magnitude";
        case SpectrumPartChoice::kActivations:
            return "value, in units of scores";
        default:
            return "singular value";
    }
}

void set_axes(Chart& chart, const SpectraView& view, std::size_t count) {
    chart.x.label = view.part == SpectrumPartChoice::kSymmetric && !view.cumulative ? "component, each sign by itself"
                                                                                    : "component";
    chart.x.whole = true;
    chart.x.least = 0, chart.x.most = static_cast<double>(std::max<std::size_t>(count, 2)) + 1;
    chart.y.label = value_label(view);
    chart.y.logarithmic = view.logarithmic && !view.cumulative;
    chart.y.from_zero = !chart.y.logarithmic;
    if (!view.cumulative) return;
    chart.y.least = 0, chart.y.most = 1.02;
    chart.y.text = [](double value) { return formatted("%.4g %%", 100 * value); };
}

}  // namespace

const char* part_label(SpectrumPartChoice part) {
    switch (part) {
        case SpectrumPartChoice::kWhole:
            return "Whole kernel";
        case SpectrumPartChoice::kSkew:
            return "Routing";
        case SpectrumPartChoice::kSymmetric:
            return "Filtering";
        case SpectrumPartChoice::kActivations:
            break;
    }
    return "Activations";
}

SpectraRequest spectrum_need(const SpectraView& view) {
    SpectraRequest out;
    if (view.part == SpectrumPartChoice::kActivations)
        out.activations = true;
    else
        (view.form == KernelForm::kRaw ? out.raw : out.folded) = true;
    return out;
}

bool has_spectrum(const Spectra& spectra, const SpectraView& view) {
    return view.part == SpectrumPartChoice::kActivations ? spectra.activations.has_value()
                                                         : kernels_of(spectra, view.form) != nullptr;
}

SpectrumPicture spectrum_picture(const Spectra& spectra, const SpectraView& view, const HeadCell& head,
                                 const std::vector<HeadCell>& others, const Theme& theme) {
    SpectrumPicture out;
    const std::vector<Source> sources = sources_of(spectra, view, theme);
    const bool random = view.controls && spectra.controls.has_value() && view.part != SpectrumPartChoice::kActivations;
    double largest = 0;
    std::size_t count = 0;
    for (const Source& source : sources) {
        SpectrumLine line = line_of(source, head);
        if (random)
            add_controls(line, band_of(spectra.controls->kernels, view.part), view.cumulative ? 0 : source.sign,
                         norm_of(spectra, view, head));
        if (view.cumulative) cumulate(line);
        for (const Values* values : {&line.head, &line.layer_mean})
            if (!values->empty()) largest = std::max({largest, values->front(), values->back()});
        count = std::max(count, line.head.size());
        out.lines.push_back(std::move(line));
    }
    const double least = view.logarithmic && !view.cumulative ? kLeastShown * largest : -1;
    for (const SpectrumLine& line : out.lines) {
        add_band(out.chart, line, faded(theme.colours.secondary, 0.3F), least);
        out.chart.lines.push_back(drawn(line.head, line.colour, line.label, 2, least));
    }
    for (const SpectrumLine& line : out.lines) {
        ChartLine mean = drawn(line.layer_mean, faded(theme.colours.secondary, 0.9F), "mean " + line.label, 1, least);
        mean.silent = true;
        out.chart.lines.push_back(std::move(mean));
    }
    out.random = !out.chart.bands.empty();
    add_others(out, sources, others, view, least);
    add_marks(out, sources.front(), head, theme);
    set_axes(out.chart, view, count);
    return out;
}

std::string control_text(const Spectra& spectra, const std::string& figure, bool share) {
    if (!spectra.controls) return {};
    const auto& figures = spectra.controls->kernels.figures;
    const auto found = figures.find(figure);
    if (found == figures.end() || !std::isfinite(found->second[0])) return {};
    const double factor = share ? 100 : 1;
    const auto low = factor * static_cast<double>(found->second[0]),
               high = factor * static_cast<double>(found->second[2]);
    const int digits = !share && std::abs(high) < 2 ? 2 : 1;
    return formatted("random %.*f – %.*f%s", digits, low, digits, high, share ? " %" : "");
}

}  // namespace gatescope
