#include "app/window/measure_frames.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

#include "app/window/platform_glfw.h"
#include "app/window/shell.h"
#include "app/window/texture_gl.h"
#include "app/window/texture_null.h"
#include "app/window/ui_context.h"
#include "backends/imgui_impl_null.h"

namespace gatescope {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kWarmUp = 20;  // fonts are drawn at their first use

// Hands out one snapshot, or two in turn, and does nothing.
class StillEngine : public Engine {
  public:
    explicit StillEngine(std::shared_ptr<const Snapshot> snapshot, std::shared_ptr<const Snapshot> other = nullptr)
        : snapshot_(std::move(snapshot)), other_(std::move(other)) {}
    void send(Command /*command*/) override {}
    std::shared_ptr<const Snapshot> snapshot() const override {
        if (other_ != nullptr) std::swap(snapshot_, other_);
        return snapshot_;
    }

  private:
    mutable std::shared_ptr<const Snapshot> snapshot_, other_;
};

double percentile(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

double milliseconds_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// `begin` starts a frame of the backend, `show` draws it.
FrameTimes measure(Shell& shell, int frames, const std::function<void()>& begin, const std::function<void()>& show) {
    FrameTimes out;
    std::vector<double> build, whole;
    for (int frame = 0; frame < frames + kWarmUp; ++frame) {
        const auto started = Clock::now();
        begin();
        // Over the attention map and its neighbours, so that hovering is measured too.
        ImGui::GetIO().AddMousePosEvent(300 + static_cast<float>(frame * 7 % 900),
                                        200 + static_cast<float>(frame * 5 % 500));
        const auto building = Clock::now();
        ImGui::NewFrame();
        shell.frame();
        ImGui::Render();
        const double built = milliseconds_since(building);
        show();
        if (frame < kWarmUp) continue;
        build.push_back(built);
        whole.push_back(milliseconds_since(started));
    }
    out.frames = frames;
    out.build_median_ms = percentile(build, 0.5), out.build_95_ms = percentile(build, 0.95);
    out.whole_median_ms = percentile(whole, 0.5), out.whole_95_ms = percentile(whole, 0.95);
    for (const ImDrawList* list : ImGui::GetDrawData()->CmdLists) out.draw_calls += list->CmdBuffer.Size;
    out.vertices = ImGui::GetDrawData()->TotalVtxCount;
    return out;
}

Fonts plain_fonts() {
    std::vector<std::string> missing;
    return load_fonts(missing);
}

}  // namespace

FrameTimes measure_frames(std::shared_ptr<const Snapshot> snapshot, int frames, int width, int height,
                          const ViewState& view, std::shared_ptr<const Snapshot> other) {
    const UiContext context;
    ImGui_ImplNull_Init();
    NullTextures textures;
    StillEngine engine(std::move(snapshot), std::move(other));
    FrameTimes out;
    {
        Shell shell(engine, textures, plain_fonts(), 1.0F, view);
        const auto begin = [&] {
            ImGui_ImplNull_NewFrame();
            ImGui::GetIO().DisplaySize = ImVec2(static_cast<float>(width), static_cast<float>(height));
        };
        out = measure(shell, frames, begin, [] { ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData()); });
    }
    out.whole_median_ms = out.whole_95_ms = 0;
    ImGui_ImplNull_Shutdown();
    return out;
}

FrameTimes measure_screen(std::shared_ptr<const Snapshot> snapshot, int frames, int width, int height) {
    const UiContext context;
    Platform platform({"Gatescope", width, height, true});
    const std::unique_ptr<Textures> textures = make_gl_textures();
    StillEngine engine(std::move(snapshot));
    Shell shell(engine, *textures, plain_fonts(), platform.scale(), {});
    const auto begin = [&] {
        platform.wait(0);
        platform.begin_frame();
    };
    return measure(shell, frames, begin, [&] { platform.end_frame(0x111318); });
}

}  // namespace gatescope
