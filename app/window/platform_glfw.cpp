#include "app/window/platform_glfw.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#define GLFW_INCLUDE_GLEXT
#include <GLFW/glfw3.h>

#include "backends/imgui_impl_glfw.h"
#include "backends/imgui_impl_opengl3.h"
#include "imgui.h"
#include "imgui_internal.h"
#include "model/core/error.h"

namespace gatescope {

struct Platform::State {
    GLFWwindow* window = nullptr;
    bool changed = true;  // uncovered, resized, closed
    std::function<void(const std::string&)> dropped;
};

namespace {

[[noreturn]] void refuse(const std::string& what) {
    throw Failure(FailureKind::kUnsupported, what, {},
                  "use a verb such as gatescope capture (gatescope --help lists them)");
}

}  // namespace

Platform::Platform(const PlatformOptions& options) : state_(std::make_unique<State>()) {
    if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) refuse("no display");
    glfwSetErrorCallback(nullptr);
    if (glfwInit() == GLFW_FALSE) refuse("no display could be opened");
    glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
    glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
    glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
    glfwWindowHint(GLFW_SAMPLES, 0);
    glfwWindowHint(GLFW_DEPTH_BITS, 0);
    glfwWindowHint(GLFW_STENCIL_BITS, 0);
    glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
    glfwWindowHint(GLFW_VISIBLE, options.visible ? GLFW_TRUE : GLFW_FALSE);
    state_->window = glfwCreateWindow(options.width, options.height, options.title.c_str(), nullptr, nullptr);
    if (state_->window == nullptr) {
        glfwTerminate();
        refuse("this display has no OpenGL 3.3");
    }
    glfwMakeContextCurrent(state_->window);
    glfwSwapInterval(1);
    glfwSetWindowUserPointer(state_->window, state_.get());
    glfwSetDropCallback(state_->window, [](GLFWwindow* window, int count, const char** paths) {
        const auto* state = static_cast<State*>(glfwGetWindowUserPointer(window));
        for (int i = 0; i < count && state->dropped; ++i) state->dropped(paths[i]);
    });
    const auto changed = [](GLFWwindow* window) {
        static_cast<State*>(glfwGetWindowUserPointer(window))->changed = true;
    };
    glfwSetWindowRefreshCallback(state_->window, changed);
    glfwSetWindowCloseCallback(state_->window, changed);
    glfwSetFramebufferSizeCallback(state_->window, [](GLFWwindow* window, int, int) {
        static_cast<State*>(glfwGetWindowUserPointer(window))->changed = true;
    });
    ImGui_ImplGlfw_InitForOpenGL(state_->window, true);
    ImGui_ImplOpenGL3_Init("#version 330 core");
}

Platform::~Platform() {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
    glfwDestroyWindow(state_->window);
    glfwTerminate();
}

bool Platform::closing() const {
    return glfwWindowShouldClose(state_->window) == GLFW_TRUE;
}

float Platform::scale() const {
    float across = 1, down = 1;
    glfwGetWindowContentScale(state_->window, &across, &down);
    return across > 0 ? across : 1;
}

void Platform::size(int& width, int& height) const {
    glfwGetWindowSize(state_->window, &width, &height);
    // A window is made as large as asked times the monitor's scale.
    width = static_cast<int>(static_cast<float>(width) / scale());
    height = static_cast<int>(static_cast<float>(height) / scale());
}

bool Platform::wait(double seconds) {
    if (seconds == 0)
        glfwPollEvents();
    else if (seconds < 0)
        glfwWaitEvents();
    else
        glfwWaitEventsTimeout(seconds);
    const bool changed = std::exchange(state_->changed, false);
    return changed || ImGui::GetCurrentContext()->InputEventsQueue.Size > 0;
}

void Platform::begin_frame() {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
}

void Platform::end_frame(unsigned ground_rgb, ScreenImage* copy) {
    int width = 0, height = 0;
    glfwGetFramebufferSize(state_->window, &width, &height);
    glViewport(0, 0, width, height);
    glClearColor(static_cast<float>((ground_rgb >> 16) & 255U) / 255.0F,
                 static_cast<float>((ground_rgb >> 8) & 255U) / 255.0F, static_cast<float>(ground_rgb & 255U) / 255.0F,
                 1);
    glClear(GL_COLOR_BUFFER_BIT);
    ImGui_ImplOpenGL3_RenderDrawData(ImGui::GetDrawData());
    if (copy != nullptr) *copy = read_back();
    glfwSwapBuffers(state_->window);
}

ScreenImage Platform::read_back() const {
    ScreenImage image;
    glfwGetFramebufferSize(state_->window, &image.width, &image.height);
    const auto row = static_cast<std::size_t>(image.width) * 4;
    std::vector<unsigned char> upside_down(row * static_cast<std::size_t>(image.height));
    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glReadBuffer(GL_BACK);
    glReadPixels(0, 0, image.width, image.height, GL_RGBA, GL_UNSIGNED_BYTE, upside_down.data());
    image.pixels.resize(upside_down.size());
    for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y)
        std::copy_n(
            upside_down.begin() + static_cast<std::ptrdiff_t>((static_cast<std::size_t>(image.height) - 1 - y) * row),
            row, image.pixels.begin() + static_cast<std::ptrdiff_t>(y * row));
    return image;
}

void Platform::on_drop(std::function<void(const std::string&)> callback) {
    state_->dropped = std::move(callback);
}

void Platform::wake() {
    glfwPostEmptyEvent();
}

}  // namespace gatescope
