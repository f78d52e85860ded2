#pragma once
// The window under the Dear ImGui Test Engine: on a null renderer, or on a real window and real OpenGL.

#include <cfloat>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/window/engine.h"
#include "app/window/platform_glfw.h"
#include "app/window/shell.h"
#include "app/window/texture_null.h"
#include "app/window/ui_context.h"

struct ImGuiTestContext;
struct ImGuiTestEngine;

namespace gatescope {

// Hands out a snapshot and keeps what the window sends.
class FakeEngine : public Engine {
  public:
    explicit FakeEngine(Snapshot first) { show(std::move(first)); }
    void send(Command command) override { sent.push_back(std::move(command)); }
    std::shared_ptr<const Snapshot> snapshot() const override { return snapshot_; }
    void show(Snapshot next) { snapshot_ = std::make_shared<const Snapshot>(std::move(next)); }
    // The newest command of a kind, nullptr where there is none.
    template <typename Kind>
    const Kind* last() const {
        for (auto command = sent.rbegin(); command != sent.rend(); ++command)
            if (const auto* found = std::get_if<Kind>(&*command)) return found;
        return nullptr;
    }
    std::vector<Command> sent;

  private:
    std::shared_ptr<const Snapshot> snapshot_;
};

struct HarnessOptions {
    int width = 1600, height = 1000;
    bool real = false;  // a real window
    float scale = 1;    // of the monitor
};

class WindowHarness {
  public:
    WindowHarness(Engine& engine, const HarnessOptions& options, ViewState view = {});
    ~WindowHarness();
    WindowHarness(const WindowHarness&) = delete;
    WindowHarness& operator=(const WindowHarness&) = delete;

    Shell& shell() { return *shell_; }
    NullTextures& null_textures() { return null_textures_; }
    void frame(ScreenImage* copy = nullptr);
    void frames(int count) {
        for (int i = 0; i < count; ++i) frame();
    }
    // Frames until nothing is being worked on.
    void settle();
    // Acts on the window as a user would. True when every step found what it needed.
    bool act(const std::string& name, const std::function<void(ImGuiTestContext*)>& steps);
    // Writes what is on the screen as GATESCOPE_SCREENSHOT_DIR/NAME.png; real windows only. The pointer is off it
    // unless a place is given.
    void screenshot(const std::string& name, const ImVec2& pointer = {-FLT_MAX, -FLT_MAX});

  private:
    HarnessOptions options_;
    ImGuiTestEngine* tests_ = nullptr;
    std::unique_ptr<UiContext> context_;
    std::unique_ptr<Platform> platform_;
    NullTextures null_textures_;
    std::unique_ptr<Textures> gl_textures_;
    std::unique_ptr<Shell> shell_;
};

// A picture of one state for people to look at: in a real window, once nothing moves, as `name`.
void write_picture(const std::string& name, Snapshot shown, const ViewState& view, HarnessOptions options);

}  // namespace gatescope
