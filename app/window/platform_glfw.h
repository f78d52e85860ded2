#pragma once
// The window on the screen: GLFW, its OpenGL context, and the frame loop's waiting. The only file beside texture_gl.cpp
// that knows OpenGL.

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace gatescope {

struct PlatformOptions {
    std::string title = "Gatescope";
    int width = 1600, height = 1000;
    bool visible = true;
};

// RGBA8 rows from the top.
struct ScreenImage {
    int width = 0, height = 0;
    std::vector<unsigned char> pixels;
};

class Platform {
  public:
    // Throws Failure(kUnsupported) where there is no display or no OpenGL 3.
    explicit Platform(const PlatformOptions& options);
    ~Platform();
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    bool closing() const;
    // The monitor's scale.
    float scale() const;
    // As in PlatformOptions: without the monitor's scale.
    void size(int& width, int& height) const;
    // Handles events; waits for one at most `seconds`, forever where negative. True when the user did something or the
    // window must be drawn anew; false for a wake() and when the time is over.
    bool wait(double seconds);
    void begin_frame();
    // Draws ImGui::GetDrawData() and shows it.
    // With `copy`, also hands out what was drawn.
    void end_frame(unsigned ground_rgb, ScreenImage* copy = nullptr);
    void on_drop(std::function<void(const std::string&)> callback);
    // Ends a wait(); safe from any thread.
    static void wake();

  private:
    ScreenImage read_back() const;
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace gatescope
