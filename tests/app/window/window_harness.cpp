#include "tests/app/window/window_harness.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "app/window/texture_gl.h"
#include "backends/imgui_impl_null.h"
#include "imgui_internal.h"
#include "imgui_te_context.h"
#include "imgui_te_engine.h"
// After the two above, whose macros it needs.
#include "imgui_capture_tool.h"

namespace gatescope {

WindowHarness::WindowHarness(Engine& engine, const HarnessOptions& options, ViewState view)
    : options_(options), context_(std::make_unique<UiContext>()) {
    ImGui::GetIO().ConfigErrorRecoveryEnableAssert = true;
    tests_ = ImGuiTestEngine_CreateContext();
    ImGuiTestEngineIO& io = ImGuiTestEngine_GetIO(tests_);
    io.ConfigRunSpeed = ImGuiTestRunSpeed_Fast;
    io.ConfigSavedSettings = false;
    io.ConfigLogToTTY = true;
    io.ConfigVerboseLevel = ImGuiTestVerboseLevel_Error;
    io.ConfigMouseDrawCursor = false;
    io.ConfigNoThrottle = true;
    if (options_.real)
        platform_ = std::make_unique<Platform>(PlatformOptions{"Gatescope", options_.width, options_.height, true});
    else
        ImGui_ImplNull_Init();
    ImGuiTestEngine_Start(tests_, context_->imgui());
    gl_textures_ = options_.real ? make_gl_textures() : nullptr;
    std::vector<std::string> missing;
    const Fonts fonts = load_fonts(missing);
    Textures& textures = options_.real ? *gl_textures_ : static_cast<Textures&>(null_textures_);
    shell_ = std::make_unique<Shell>(engine, textures, fonts, options_.scale, std::move(view), missing);
}

WindowHarness::~WindowHarness() {
    shell_.reset();
    ImGuiTestEngine_Stop(tests_);
    if (platform_ == nullptr) ImGui_ImplNull_Shutdown();
    platform_.reset();
    context_.reset();
    ImGuiTestEngine_DestroyContext(tests_);
}

void WindowHarness::frame(ScreenImage* copy) {
    if (platform_ != nullptr) {
        platform_->wait(0);
        platform_->begin_frame();
    } else {
        ImGui_ImplNull_NewFrame();
        ImGui::GetIO().DisplaySize = ImVec2(static_cast<float>(options_.width), static_cast<float>(options_.height));
    }
    ImGui::NewFrame();
    shell_->frame();
    ImGui::Render();
    if (platform_ != nullptr)
        platform_->end_frame(0x111318, copy);
    else
        ImGui_ImplNullRender_RenderDrawData(ImGui::GetDrawData());
    ImGuiTestEngine_PostSwap(tests_);
}

void WindowHarness::settle() {
    frames(3);
    for (int i = 0; i < 200 && shell_->busy(); ++i) frame();
    frames(2);
}

bool WindowHarness::act(const std::string& name, const std::function<void(ImGuiTestContext*)>& steps) {
    ImGuiTest* test = ImGuiTestEngine_RegisterTest(tests_, "window", name.c_str());
    test->TestFunc = steps;
    ImGuiTestEngine_QueueTest(tests_, test, ImGuiTestRunFlags_RunFromCommandLine);
    while (!ImGuiTestEngine_IsTestQueueEmpty(tests_)) frame();
    return test->Output.Status == ImGuiTestStatus_Success;
}

void WindowHarness::screenshot(const std::string& name, const ImVec2& pointer) {
    ASSERT_NE(platform_, nullptr);
    ScreenImage screen;
    for (int i = 0; i < 3; ++i) {  // the system's own pointer is wherever it is
        ImGui::GetIO().AddMousePosEvent(pointer.x, pointer.y);
        frame(&screen);
    }
    ImGuiCaptureImageBuf image;
    image.CreateEmpty(screen.width, screen.height);
    std::copy(screen.pixels.begin(), screen.pixels.end(), reinterpret_cast<unsigned char*>(image.Data));
    image.RemoveAlpha();
    const std::filesystem::path folder(GATESCOPE_SCREENSHOT_DIR);
    std::filesystem::create_directories(folder);
    EXPECT_TRUE(image.SaveFile((folder / (name + ".png")).c_str()));
}

void write_picture(const std::string& name, Snapshot shown, const ViewState& view, HarnessOptions options) {
    FakeEngine engine(std::move(shown));
    options.real = true;
    WindowHarness window(engine, options, view);
    window.settle();
    window.screenshot(name);
}

}  // namespace gatescope
