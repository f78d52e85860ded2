#include "app/window/run_window.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "app/engine/session.h"
#include "app/engine/settings_file.h"
#include "app/window/platform_glfw.h"
#include "app/window/session_engine.h"
#include "app/window/shell.h"
#include "app/window/texture_gl.h"
#include "app/window/ui_context.h"
#include "app/window/view_settings.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

using Clock = std::chrono::steady_clock;

// Drawn after an event, so that what it moved comes to rest.
constexpr int kFramesAfterEvent = 3;

// The next start, from another folder, must find it again.
std::string whole_path(const std::string& path) {
    std::error_code error;
    const std::filesystem::path whole = std::filesystem::absolute(path, error);
    return path == "sample" || error ? path : whole.lexically_normal().string();
}

Settings first_settings(const WindowOptions& options, const LoadedSession& loaded) {
    Settings settings = loaded.session.settings;
    if (settings.model_path.empty()) {
        // The first start: the sample under two gates, so that there is something to compare.
        settings.model_path = settings.text_path = "sample";
        settings.gate_a = "oracle:k=64";
        settings.gate_b = "window:sinks=4,local=60";
    }
    if (!options.model.empty()) settings.model_path = whole_path(options.model);
    if (!options.text.empty()) settings.text_path = whole_path(options.text);
    if (settings.text_path.empty()) settings.text_path = "sample";
    return settings;
}

unsigned ground_rgb(const ViewState& view) {
    const ImVec4 colour = palette(view.theme).ground;
    const auto channel = [](float value) { return static_cast<unsigned>(std::lround(value * 255)); };
    return channel(colour.x) << 16U | channel(colour.y) << 8U | channel(colour.z);
}

void draw_frame(Platform& platform, Shell& shell) {
    platform.begin_frame();
    shell.set_scale(platform.scale());
    ImGui::NewFrame();
    shell.frame();
    ImGui::Render();
    const auto built = Clock::now();
    platform.end_frame(ground_rgb(shell.view()));
    shell.drawn_in(std::chrono::duration<double, std::milli>(Clock::now() - built).count());
}

// Writes the session file when something in it changed, so that a killed program loses little.
class SessionKeeper {
  public:
    SessionKeeper(const Platform& platform, const Engine& engine, const Shell& shell, bool keep)
        : platform_(platform), engine_(engine), shell_(shell), keep_(keep && !session_file().empty()) {}

    // At most every few seconds.
    void tick() {
        if (std::chrono::steady_clock::now() - saved_at_ > std::chrono::seconds(5)) save();
    }
    void save() {
        saved_at_ = std::chrono::steady_clock::now();
        WindowSize size;
        platform_.size(size.width, size.height);
        SavedSession now{engine_.snapshot()->settings, view_to_words(shell_.view(), size)};
        if (!keep_ || (now.window == saved_.window && same(now.settings, saved_.settings))) return;
        try {
            save_session(now, session_file());
        } catch (const Failure& failure) {
            keep_ = false;  // said once
            std::fprintf(stderr, "gatescope: %s\n", failure.what());
        }
        saved_ = std::move(now);
    }

  private:
    static bool same(const Settings& a, const Settings& b) {
        return a.model_path == b.model_path && a.text_path == b.text_path && a.window_length == b.window_length &&
               a.windows == b.windows && a.device == b.device && a.dtype == b.dtype && a.gate_a == b.gate_a &&
               a.gate_b == b.gate_b;
    }
    const Platform& platform_;
    const Engine& engine_;
    const Shell& shell_;
    bool keep_;
    SavedSession saved_;
    std::chrono::steady_clock::time_point saved_at_ = std::chrono::steady_clock::now();
};

// When the next frame is due. What the user does is drawn at once; the engine's progress at most ten times a second and
// in at most a tenth of the time, so that drawing in software takes nothing from the work it reports on.
class Pace {
  public:
    // After a wait: is a frame due? `input`: the user did something; `urgent`: what the user waits for has come.
    bool due(bool input, bool urgent) {
        const auto now = Clock::now();
        if (input) {
            frames_ = kFramesAfterEvent;
            input_at_ = now;
        }
        return frames_ > 0 || urgent || settling() || rest() <= 0;
    }
    // Seconds to wait at most: 0 while frames are due, negative for ever.
    double longest_wait(double wish) const {
        if (frames_ > 0) return 0;
        if (settling()) return kSettlingFrame;
        return wish < 0 ? wish : std::max({wish, rest(), 0.001});
    }
    double rest() const {
        const double since = std::chrono::duration<double>(Clock::now() - drawn_at_).count();
        return std::max(0.1, 9 * cost_s_) - since;
    }
    void drawn(Clock::time_point started, bool more) {
        drawn_at_ = Clock::now();
        cost_s_ = 0.7 * cost_s_ + 0.3 * std::chrono::duration<double>(drawn_at_ - started).count();
        frames_ = std::max(frames_ - 1, more ? 1 : 0);
    }

  private:
    // A tooltip comes up some tenths of a second after the last that the pointer did, in a window that else would
    // sleep.
    static constexpr std::chrono::milliseconds kSettles{600};
    static constexpr double kSettlingFrame = 0.05;
    bool settling() const { return Clock::now() - input_at_ < kSettles; }

    int frames_ = kFramesAfterEvent;
    double cost_s_ = 0.02;
    Clock::time_point drawn_at_ = Clock::now(), input_at_ = Clock::now();
};

void loop(Platform& platform, Shell& shell, SessionKeeper& keeper) {
    Pace pace;
    bool held = false;  // something came that is not urgent
    while (!platform.closing() && !shell.quits()) {
        const double wait = held ? std::max(pace.rest(), 0.001) : pace.longest_wait(shell.longest_wait());
        const bool input = platform.wait(wait);
        held = !pace.due(input, shell.urgent());
        if (held) continue;
        const auto started = Clock::now();
        draw_frame(platform, shell);
        pace.drawn(started, shell.busy());
        keeper.tick();
    }
}

void show_window(const WindowOptions& options) {
    const LoadedSession loaded = options.keep_session ? load_session(session_file()) : LoadedSession();
    ViewState view;
    WindowSize size;
    words_to_view(loaded.session.window, view, size);
    const UiContext context;
    Platform platform({"Gatescope", size.width, size.height, true});
    const std::unique_ptr<Textures> textures = make_gl_textures();
    std::vector<std::string> notices;
    const Fonts fonts = load_fonts(notices);
    if (!loaded.problem.empty()) notices.push_back(loaded.problem);
    {
        SessionEngine engine(first_settings(options, loaded), Platform::wake);
        Shell shell(engine, *textures, fonts, platform.scale(), view, notices);
        platform.on_drop([&](const std::string& path) { shell.open_dropped(path); });
        SessionKeeper keeper(platform, engine, shell, options.keep_session);
        loop(platform, shell, keeper);
        keeper.save();
    }
}

}  // namespace

int run_window(const WindowOptions& options) {
    try {
        show_window(options);
        return 0;
    } catch (const Failure& failure) {
        std::fprintf(stderr, "gatescope: %s\n", failure.what());
        return 1;
    }
}

}  // namespace gatescope
