#include "app/window/panels/gate_gradient.h"

#include <algorithm>

#include "app/window/lab_actions.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr const char* kWhy =
    "Trained end to end, the model's own loss would be led back through the mask to the gate. But a hard set changes "
    "by "
    "jumps: between two jumps nothing that the gate's scores do changes which keys are kept, so the derivative by them "
    "is "
    "exactly 0 and no step of any optimiser moves the gate. Its soft sister adds ln sigmoid(g) to the scores and does "
    "get a "
    "gradient.\n\nDistillation gives the hard gate a signal of its own: KL or BCE to the attention of the frozen "
    "model.";

void draw_tip(const Frame& frame, const Chart& chart, const ChartPoint& hit) {
    if (!ImGui::BeginTooltip()) return;
    const double layer = chart.lines[hit.line].x[hit.point];
    secondary_text(frame.theme, formatted("layer %.0f", layer));
    for (const ChartLine& line : chart.lines)
        for (std::size_t point = 0; point < line.x.size(); ++point)
            if (line.x[point] == layer)
                mono_text(frame.theme, formatted("%-16s %.3g", line.label.c_str(), line.y[point]), line.colour);
    ImGui::EndTooltip();
}

void draw_proof(const Frame& frame) {
    const Theme& theme = frame.theme;
    const std::vector<GateGradient>& gradients = frame.snapshot.gate_gradients;
    for (std::size_t gate = 0; gate < gradients.size(); ++gate) {
        const ImVec4 colour = gate == 0 ? theme.colours.error : theme.colours.accent;
        const GateInfo& info = gate_info(gradients[gate].gate);
        legend(theme, colour, info.label + (info.traits.hard ? ", a hard set" : ", keeps every key"));
        ImGui::PushTextWrapPos(0);
        secondary_text(theme, gradient_words(gradients[gate]));
        ImGui::PopTextWrapPos();
    }
    ImGui::Dummy({0, theme.px(4)});
    show_text("Gradient norm by layer");
    Chart chart = gradient_chart(gradients, theme);
    std::int64_t last = 0;
    for (const GateGradient& gradient : gradients)
        for (const std::int64_t layer : gradient.layers) last = std::max(last, layer);
    chart.x.least = -0.7, chart.x.most = static_cast<double>(last) + 0.7;
    chart.fit(4);
    ImVec2 room = ImGui::GetContentRegionAvail();
    room.y = std::clamp(room.y, theme.px(96), theme.px(260));
    if (const auto hit = draw_chart(theme, "##gradient", room, chart, ChartHover::kNearestColumn))
        draw_tip(frame, chart, *hit);
}

}  // namespace

Chart gradient_chart(const std::vector<GateGradient>& gradients, const Theme& theme) {
    Chart out;
    out.x.label = "layer";
    out.x.whole = true;
    for (const GateGradient& gradient : gradients) {
        ChartLine line;
        line.label = gradient.gate;
        line.colour = out.lines.empty() ? theme.colours.error : theme.colours.accent;
        line.marked = true;
        for (std::size_t row = 0; row < std::min(gradient.layers.size(), gradient.norms.size()); ++row)
            line.add(static_cast<double>(gradient.layers[row]), gradient.norms[row]);
        out.lines.push_back(std::move(line));
    }
    return out;
}

std::string gradient_words(const GateGradient& gradient) {
    const std::string counts =
        grouped(gradient.nonzero_values) + " of " + grouped(gradient.values) + " values have a gradient";
    const auto [least, most] = std::minmax_element(gradient.norms.begin(), gradient.norms.end());
    if (least == gradient.norms.end()) return counts + ".";
    if (*most == 0) return counts + "; its norm is exactly 0 in every layer.";
    return counts + formatted("; norms by layer from %.2g to %.2g.", *least, *most);
}

void draw_gate_gradient(Frame& frame) {
    const Theme& theme = frame.theme;
    ImGui::BeginChild("##gradients", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    strong_text(theme, "A hard set passes no gradient");
    ImGui::PushTextWrapPos(0);
    secondary_text(theme, kWhy);
    ImGui::PopTextWrapPos();
    ImGui::Dummy({0, theme.px(4)});
    const bool measuring = job_of(frame.snapshot, "gradient") != nullptr;
    ImGui::BeginDisabled(measuring || frame.snapshot.model == nullptr || frame.snapshot.weights_only);
    if (button(theme, measuring ? "Measuring…###measure" : "Measure it on this model###measure",
               "One window, forwards and back, through the hard gate and through its soft sister"))
        measure_gate_gradient(frame);
    ImGui::EndDisabled();
    if (!frame.snapshot.gate_gradients.empty()) draw_proof(frame);
    ImGui::EndChild();
}

}  // namespace gatescope
