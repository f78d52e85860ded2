#include "app/window/chart.h"

#include <algorithm>
#include <cmath>

#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

double round_step(double span, int most) {
    const double rough = span / std::max(most, 1), power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double step : {1.0, 2.0, 5.0})
        if (step * power >= rough * (1 - 1e-9)) return step * power;
    return 10 * power;
}

struct Span {
    double least = 1e300, most = -1e300;
    void hold(double value, bool positive) {
        if (!std::isfinite(value) || (positive && value <= 0)) return;
        least = std::min(least, value), most = std::max(most, value);
    }
};

void fit_axis(ChartAxis& axis, Span span, int most_ticks) {
    if (axis.least >= axis.most) {
        if (span.least > span.most) span = {axis.logarithmic ? 1.0 : 0.0, axis.logarithmic ? 10.0 : 1.0};
        if (axis.logarithmic) {
            axis.least = span.least / 1.08, axis.most = span.most * 1.08;
        } else {
            const double width = std::max(span.most - span.least, 1e-3 * std::max(std::abs(span.most), 1e-3));
            const double step = round_step(width, most_ticks) / 4;
            // A mark on the edge has room, but what stands on 0 stands on the axis.
            const double room = 0.02 * width;
            axis.least = std::floor((span.least == 0 ? 0 : span.least - room) / step + 1e-9) * step;
            axis.most = std::ceil((span.most == 0 ? 0 : span.most + room) / step - 1e-9) * step;
            if (axis.most <= axis.least) axis.most = axis.least + step;
        }
    }
    if (!axis.ticks.empty()) return;
    axis.ticks = round_ticks(axis.least, axis.most, axis.logarithmic, most_ticks);
    if (axis.whole) std::erase_if(axis.ticks, [](double tick) { return tick != std::round(tick); });
}

}  // namespace

void ChartLine::add(double at_x, double at_y) {
    if (!std::isfinite(at_x) || !std::isfinite(at_y)) return;
    x.push_back(at_x), y.push_back(at_y);
}

void ChartLine::add(double at_x, double at_y, double at_low, double at_high) {
    if (!std::isfinite(at_x) || !std::isfinite(at_y)) return;
    add(at_x, at_y);
    low.push_back(at_low), high.push_back(at_high);
}

bool Chart::empty() const {
    return std::all_of(lines.begin(), lines.end(), [](const ChartLine& line) { return line.x.empty(); });
}

void Chart::fit(int most_ticks) {
    Span across, up;
    for (const ChartLine& line : lines) {
        for (const double value : line.x) across.hold(value, x.logarithmic);
        for (const std::vector<double>* values : {&line.y, &line.low, &line.high})
            for (const double value : *values) up.hold(value, y.logarithmic);
    }
    for (const ChartBand& band : bands) {
        for (const double value : band.x) across.hold(value, x.logarithmic);
        for (const std::vector<double>* values : {&band.low, &band.high})
            for (const double value : *values) up.hold(value, y.logarithmic);
    }
    for (const ChartLevel& level : levels) up.hold(level.y, y.logarithmic);
    if (x.from_zero) across.hold(0, false);
    if (y.from_zero) up.hold(0, false);
    fit_axis(x, across, 6);
    fit_axis(y, up, most_ticks);
}

ChartReach Chart::reach() const {
    ChartReach out;
    for (const ChartLine& line : lines)
        for (const double value : line.y) {
            if (value <= 0)
                out.zeros = true;
            else
                out.least = std::min(out.least, value), out.most = std::max(out.most, value);
        }
    return out;
}

void Chart::fit_with_zeros(int most_ticks) {
    const ChartReach held = reach();
    if (!held.zeros || !y.logarithmic || held.most == 0) {
        fit(most_ticks);
        return;
    }
    const double floor = std::pow(10.0, std::floor(std::log10(held.least)) - 1);
    for (ChartLine& line : lines)
        for (double& value : line.y) value = std::max(value, floor);
    y.least = floor / 1.5, y.most = held.most * 1.3;
    fit(most_ticks);
    std::erase_if(y.ticks, [&](double tick) { return tick < 5 * floor; });
    y.ticks.insert(y.ticks.begin(), floor);
    y.text = [floor](double value) { return value <= floor ? std::string("0") : tick_text(value); };
}

std::vector<double> round_ticks(double least, double most_value, bool logarithmic, int most) {
    std::vector<double> out;
    if (!(most_value > least) || most < 1) return out;
    if (logarithmic && most_value / least > 4) {
        const bool dense = most_value / least < 1000;
        for (double power = std::pow(10.0, std::floor(std::log10(least))); power <= most_value; power *= 10)
            for (const double part : {1.0, 2.0, 5.0})
                if ((dense || part == 1.0) && power * part >= least && power * part <= most_value)
                    out.push_back(power * part);
        // Every other one, from the top, where they would crowd.
        while (std::ssize(out) > 2 * most) {
            std::vector<double> fewer;
            for (std::size_t tick = out.size() % 2 == 0 ? 1 : 0; tick < out.size(); tick += 2)
                fewer.push_back(out[tick]);
            out = std::move(fewer);
        }
        return out;
    }
    const double step = round_step(most_value - least, most);
    for (double tick = std::ceil(least / step - 1e-9) * step; tick <= most_value + 1e-9 * step; tick += step)
        out.push_back(std::abs(tick) < 1e-9 * step ? 0 : tick);
    return out;
}

std::string tick_text(double value) {
    if (std::abs(value) >= 1000 && value == std::round(value)) return grouped(static_cast<std::int64_t>(value));
    return formatted("%.4g", value);
}

}  // namespace gatescope
