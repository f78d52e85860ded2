#pragma once
// One frame of the whole window, on whatever platform and renderer: bars, panels, dialogs, toasts. Needs a current Dear
// ImGui context and knows no operating system.

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/window/bars.h"
#include "app/window/dialogs/dialog.h"
#include "app/window/experiment_follower.h"
#include "app/window/frame.h"
#include "app/window/panels/panel.h"
#include "app/window/spectra_wishes.h"
#include "app/window/toasts.h"

namespace gatescope {

class Shell {
  public:
    // `missing_fonts` from load_fonts() are said once.
    Shell(Engine& engine, Textures& textures, const Fonts& fonts, float scale, ViewState view,
          const std::vector<std::string>& missing_fonts = {});
    ~Shell();

    // Between ImGui::NewFrame() and ImGui::Render().
    void frame();

    const ViewState& view() const { return view_; }
    ViewState& view() { return view_; }
    bool quits() const { return quits_; }
    // Something is still being worked on: draw on without waiting.
    bool busy() const { return busy_; }
    // The engine has something that the user waits for: a map, an end, a message.
    bool urgent() const;
    // The longest wait, in seconds, after which a frame is due even if nothing happens; negative: none.
    double longest_wait() const;
    // A file dropped on the window: a model, a capture or a text, by its name.
    void open_dropped(const std::string& path);
    void set_scale(float scale);
    // How long the last frame took to draw and show, for the frame timer.
    void drawn_in(double milliseconds);

  private:
    struct Times {
        std::array<double, 240> milliseconds{};
        std::size_t count = 0;
        void add(double value) { milliseconds[count++ % milliseconds.size()] = value; }
        double percentile(double part) const;
    };
    void follow(const Snapshot& snapshot);
    void refresh_derived(const Snapshot& snapshot, const RunResult* run);
    void draw_panels(Frame& frame, const Box& box);
    void draw_splitters(Frame& frame, const Arrangement& arrangement);
    void draw_dialog(Frame& frame);
    void draw_times() const;
    void take_requests(const Requests& requests);
    void remember_files(const Snapshot& snapshot);

    Engine& engine_;
    Textures& textures_;
    Theme theme_;
    ViewState view_;
    std::vector<std::pair<std::string, std::unique_ptr<Panel>>> panels_;
    StatusBar status_;
    Toasts toasts_;
    std::unique_ptr<DialogView> dialog_;
    Derived derived_;
    TriedGates tried_;
    SpectraWishes wishes_;
    ExperimentFollower experiments_;
    struct DerivedFrom {
        std::shared_ptr<const RunResult> run;
        std::shared_ptr<const ModelSpectra> spectra;
        ShownGates gates;
        std::string metric;
        int metric_slot = 0;
        std::int32_t k = 0;
        std::int64_t window = 0;
        bool operator==(const DerivedFrom&) const = default;
    } derived_from_;
    bool derived_once_ = false;
    std::shared_ptr<const Snapshot> snapshot_;
    HeadPlace asked_;
    std::uint64_t refusal_shown_ = 0;
    std::int64_t asked_window_ = -1;
    bool quits_ = false, busy_ = false, styled_ = false;
    Times build_, draw_;
};

}  // namespace gatescope
