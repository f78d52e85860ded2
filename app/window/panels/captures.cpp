// Captures: write what is shown, open one, and what the open one holds.
#include <algorithm>
#include <filesystem>

#include "app/window/panels/panel.h"
#include "app/window/selection.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

class CapturesPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        const bool open = frame.snapshot.capture != nullptr;
        begin_panel(frame.theme, box,
                    {"Captures",
                     "Captures",
                     open ? frame.snapshot.capture_path : "files that h5py, xarray, MATLAB and Julia read",
                     {}});
        draw_actions(frame);
        ImGui::Dummy({0, frame.px(6)});
        ImGui::BeginChild("##facts");
        const RunResult* shown = frame.run;
        if (shown != nullptr) {
            strong_text(frame.theme, open ? "In the open capture" : "What a capture would hold now");
            draw_facts(frame, *shown);
        }
        draw_recent(frame);
        ImGui::EndChild();
        end_panel();
    }

  private:
    static void draw_actions(Frame& frame);
    static void draw_facts(const Frame& frame, const RunResult& run);
    static void draw_recent(Frame& frame);
};

void CapturesPanel::draw_actions(Frame& frame) {
    const Theme& theme = frame.theme;
    ImGui::BeginDisabled(frame.snapshot.run == nullptr);
    if (button(theme, "Export capture…", "Write what is measured into an HDF5 file (Ctrl+E)"))
        frame.requests.dialog = Dialog::kExport;
    ImGui::EndDisabled();
    ImGui::SameLine();
    if (button(theme, "Open capture…", "Show a capture in place of the run (Ctrl+Shift+O)"))
        frame.requests.dialog = Dialog::kOpenCapture;
    if (frame.snapshot.capture == nullptr) return;
    ImGui::SameLine();
    if (button(theme, "Close capture", "Back to the open model's run (Ctrl+W)")) frame.send(CloseCapture{});
}

// Which of them there are.
std::string spectra_held(const Spectra& spectra) {
    const bool both = spectra.raw && spectra.folded;
    std::string out = both             ? "raw and folded kernels"
                      : spectra.raw    ? "raw kernels"
                      : spectra.folded ? "folded kernels"
                                       : "";
    const auto add = [&out](bool there, const char* what) {
        if (there) out += (out.empty() ? "" : ", ") + std::string(what);
    };
    if (!out.empty() && spectra.request.delta != 0)
        out += formatted(" at offset %lld", static_cast<long long>(spectra.request.delta));
    add(spectra.controls.has_value(), "random kernels");
    add(spectra.activations.has_value(), "activations");
    add(spectra.cosines.has_value(), "cosines");
    return out;
}

void CapturesPanel::draw_facts(const Frame& frame, const RunResult& run) {
    const Theme& theme = frame.theme;
    const float label = theme.px(140), room = ImGui::GetContentRegionAvail().x;
    const auto fact = [&](const char* name, const std::string& value) {
        if (value.empty()) return;
        const float from = ImGui::GetCursorPosX();
        secondary_text(theme, name);
        ImGui::SameLine(from + label);
        ImGui::PushFont(theme.fonts.mono, theme.small_size());
        fitted_text(theme, value, room - label, theme.colours.text);
        ImGui::PopFont();
    };
    if (run.model != nullptr) {
        fact("Model", run.model->name);
        fact("Weights", run.model->sha256.empty() ? "" : "sha256 " + run.model->sha256);
    }
    if (run.text != nullptr) fact("Text", run.text->name);
    fact("Windows", formatted("%lld of %lld tokens, %lld done%s", static_cast<long long>(window_count(&run)),
                              static_cast<long long>(run.request.window_length),
                              static_cast<long long>(run.windows_done), run.complete ? "" : ", incomplete"));
    fact("Device", run.device.empty() ? "" : run.device + ", " + run.dtype);
    fact("Created", run.created);
    if (run.concentration)
        fact("Concentration", formatted("%zu figures and mass at %zu values of k, %zu layers × %zu heads",
                                        run.concentration->figures.size(), run.concentration->k.size(),
                                        frame.derived.layers.size(), frame.derived.heads.size()));
    if (!run.dense.token_nll.empty())
        fact("Perplexity",
             formatted("%.2f, %s tokens", run.dense.estimate.perplexity, grouped(run.dense.estimate.tokens).c_str()));
    for (const GateResult& gate : run.gates)
        fact("Gate", print_gate(gate.gate) + formatted("   %.2f", gate.perplexity.estimate.perplexity));
    if (frame.derived.spectra != nullptr) fact("Spectra", spectra_held(*frame.derived.spectra->spectra));
    if (!run.patterns.empty()) fact("Patterns", formatted("%zu windows", run.patterns.size()));
    fact("Command", run.command);
}

void CapturesPanel::draw_recent(Frame& frame) {
    if (frame.view.recent_captures.empty()) return;
    ImGui::Dummy({0, frame.px(8)});
    strong_text(frame.theme, "Recent");
    for (const std::string& path : frame.view.recent_captures)
        if (link_button(frame.theme, path, "Open this capture")) frame.send(OpenCapture{path});
}

}  // namespace

std::unique_ptr<Panel> make_captures_panel(Textures& /*textures*/) {
    return std::make_unique<CapturesPanel>();
}

}  // namespace gatescope
