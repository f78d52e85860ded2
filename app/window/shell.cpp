#include "app/window/shell.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "app/window/actions.h"
#include "app/window/selection.h"
#include "app/window/view_settings.h"
#include "app/window/widgets/text.h"
#include "model/checkpoint/formats.h"

namespace gatescope {

Shell::Shell(Engine& engine, Textures& textures, const Fonts& fonts, float scale, ViewState view,
             const std::vector<std::string>& missing_fonts)
    : engine_(engine), textures_(textures), view_(std::move(view)) {
    theme_.fonts = fonts;
    theme_.scale = scale;
    for (const PanelInfo& info : panel_infos()) panels_.emplace_back(info.id, info.make(textures));
    for (const std::string& line : missing_fonts) toasts_.notice(line, 0);
}

Shell::~Shell() = default;

void Shell::set_scale(float scale) {
    if (scale == theme_.scale) return;
    theme_.scale = scale;
    styled_ = false;
}

double Shell::Times::percentile(double part) const {
    std::vector<double> sorted(
        milliseconds.begin(), milliseconds.begin() + static_cast<std::ptrdiff_t>(std::min(count, milliseconds.size())));
    if (sorted.empty()) return 0;
    std::sort(sorted.begin(), sorted.end());
    return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(part * static_cast<double>(sorted.size())))];
}

void Shell::drawn_in(double milliseconds) {
    draw_.add(milliseconds);
}

bool Shell::urgent() const {
    const std::shared_ptr<const Snapshot> newest = engine_.snapshot();
    if (newest == snapshot_ || snapshot_ == nullptr) return false;
    const auto last = [](const Snapshot& snapshot) {
        return snapshot.messages.empty() ? 0 : snapshot.messages.back().id;
    };
    return newest->pattern != snapshot_->pattern || newest->capture != snapshot_->capture ||
           newest->capture_pattern != snapshot_->capture_pattern || newest->spectra != snapshot_->spectra ||
           newest->components != snapshot_->components || newest->survey != snapshot_->survey ||
           newest->model != snapshot_->model || newest->preview != snapshot_->preview ||
           newest->refusal != snapshot_->refusal || newest->proposal != snapshot_->proposal ||
           newest->jobs.empty() != snapshot_->jobs.empty() || last(*newest) != last(*snapshot_);
}

double Shell::longest_wait() const {
    double wait = toasts_.next_change(ImGui::GetTime());
    const auto sooner = [&](double seconds) { wait = wait < 0 ? seconds : std::min(wait, seconds); };
    if (snapshot_ != nullptr && !snapshot_->jobs.empty()) sooner(0.1);
    if (ImGui::GetIO().WantTextInput) sooner(0.4);  // the caret blinks
    return wait;
}

void Shell::open_dropped(const std::string& path) {
    const std::string ending = std::filesystem::path(path).extension().string();
    const std::vector<std::string> models = checkpoint_extensions();
    std::error_code ignored;
    if (std::find(models.begin(), models.end(), ending) != models.end() || std::filesystem::is_directory(path, ignored))
        engine_.send(OpenModel{path});
    else if (ending == ".h5" || ending == ".hdf5")
        engine_.send(OpenCapture{path});
    else
        engine_.send(OpenText{path});
}

void Shell::refresh_derived(const Snapshot& snapshot, const RunResult* run) {
    const DerivedFrom from{snapshot.capture != nullptr ? snapshot.capture : snapshot.run,
                           snapshot.capture != nullptr ? nullptr : snapshot.spectra,
                           shown_gates(snapshot),
                           view_.metric,
                           view_.metric_slot,
                           view_.k,
                           view_.window};
    if (derived_once_ && from == derived_from_) return;
    derived_once_ = true;
    derived_ = derive(run, from.gates, view_, from.spectra);
    derived_from_ = from;
    keep_in_range(view_, run, derived_);
}

void Shell::remember_files(const Snapshot& snapshot) {
    if (snapshot.model != nullptr) remember(view_.recent_models, snapshot.settings.model_path);
    if (snapshot.run != nullptr) remember(view_.recent_texts, snapshot.settings.text_path);
    if (snapshot.capture != nullptr) remember(view_.recent_captures, snapshot.capture_path);
}

void Shell::follow(const Snapshot& snapshot) {
    if ((snapshot.model != nullptr || snapshot.capture != nullptr) &&
        (!(asked_ == view_.selected) || asked_window_ != view_.window)) {
        asked_ = view_.selected;
        asked_window_ = view_.window;
        engine_.send(ShowHead{asked_.layer, asked_.head, asked_window_});
    }
    if (snapshot.model == nullptr && snapshot.capture == nullptr) asked_window_ = -1;
}

void Shell::frame() {
    const auto started = std::chrono::steady_clock::now();
    if (!styled_ || theme_.kind != view_.theme) {
        theme_.kind = view_.theme;
        theme_.colours = palette(theme_.kind);
        apply_theme(theme_);
        styled_ = true;
    }
    const std::shared_ptr<const Snapshot> newest = engine_.snapshot();
    if (newest != snapshot_) {
        remember_files(*newest);
        experiments_.follow(*newest, view_);
    }
    tried_.observe(*newest);
    snapshot_ = newest;
    const RunResult* run = snapshot_->capture != nullptr ? snapshot_->capture.get() : snapshot_->run.get();
    refresh_derived(*snapshot_, run);
    Requests requests;
    Frame frame{*snapshot_, run, derived_, tried_, view_, engine_, theme_, textures_, requests};
    ImGui::PushFont(theme_.fonts.text, theme_.text_size());
    const ImGuiViewport* viewport = ImGui::GetMainViewport();
    const Box whole{viewport->WorkPos,
                    {viewport->WorkPos.x + viewport->WorkSize.x, viewport->WorkPos.y + viewport->WorkSize.y}};
    const float top = theme_.px(42), bottom = theme_.px(28), gap = theme_.px(4);
    if (dialog_ == nullptr) run_shortcuts(frame);
    draw_top_bar(frame, {whole.from, {whole.to.x, whole.from.y + top}});
    draw_panels(frame, {{whole.from.x + gap, whole.from.y + top + gap}, {whole.to.x - gap, whole.to.y - bottom}});
    status_.draw(frame, {{whole.from.x, whole.to.y - bottom}, whole.to});
    draw_dialog(frame);
    toasts_.draw(frame, ImGui::GetTime(), whole.to.y - bottom);
    if (view_.frame_times) draw_times();
    ImGui::PopFont();
    take_requests(requests);
    follow(*snapshot_);
    if (auto wish = wishes_.next(*snapshot_, view_, requests.spectra)) engine_.send(*wish);
    build_.add(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count());
}

void Shell::draw_panels(Frame& frame, const Box& box) {
    const Arrangement arrangement = arrange(layout_info(view_.layout).root, box, theme_.px(4), view_.shares);
    draw_splitters(frame, arrangement);
    for (const PlacedPanel& placed : arrangement.panels)
        for (const auto& [id, panel] : panels_)
            if (id == placed.id) panel->draw(frame, placed.box);
}

// The ground behind the panels, on which the borders between them can be dragged.
void Shell::draw_splitters(Frame& frame, const Arrangement& arrangement) {
    const ImGuiViewport* viewport = ImGui::GetMainViewport();
    ImGui::SetNextWindowPos(viewport->WorkPos);
    ImGui::SetNextWindowSize(viewport->WorkSize);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, theme_.colours.ground);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
    ImGui::Begin("##ground", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoDocking |
                     ImGuiWindowFlags_NoFocusOnAppearing);
    ImGui::PopStyleVar(2);
    ImGui::PopStyleColor();
    for (const Splitter& splitter : arrangement.splitters) {
        ImGui::SetCursorScreenPos(splitter.gap.from);
        const ImVec2 size = splitter.gap.size();
        ImGui::InvisibleButton(splitter.id.c_str(), {std::max(size.x, 1.0F), std::max(size.y, 1.0F)});
        if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
            ImGui::SetMouseCursor(splitter.stacked ? ImGuiMouseCursor_ResizeNS : ImGuiMouseCursor_ResizeEW);
            ImGui::GetWindowDrawList()->AddRectFilled(splitter.gap.from, splitter.gap.to, pack(theme_.colours.accent));
        }
        if (!ImGui::IsItemActive()) continue;
        const ImVec2 mouse = ImGui::GetIO().MousePos;
        const Box& all = splitter.whole;
        const float share =
            splitter.stacked ? (mouse.y - all.from.y) / all.size().y : (mouse.x - all.from.x) / all.size().x;
        frame.view.shares[splitter.id] = std::clamp(share, 0.1F, 0.9F);
    }
    ImGui::End();
}

void Shell::draw_dialog(Frame& frame) {
    // A load that was refused asks what to do, once no other dialog is open.
    const std::shared_ptr<const LoadRefusal> refusal = frame.snapshot.refusal;
    if (refusal != nullptr && refusal->id > refusal_shown_ && dialog_ == nullptr) {
        refusal_shown_ = refusal->id;
        frame.requests.dialog = Dialog::kRoom;
    }
    if (frame.requests.dialog != Dialog::kNone && dialog_ == nullptr) {
        dialog_ = make_dialog(frame.requests.dialog, frame);
        frame.requests.dialog = Dialog::kNone;
        frame.requests.another_frame = true;
    }
    if (dialog_ == nullptr || dialog_->draw(frame)) return;
    dialog_.reset();
    // A command of the palette may open another.
    if (frame.requests.dialog != Dialog::kNone) dialog_ = make_dialog(frame.requests.dialog, frame);
    frame.requests.another_frame = true;
}

void Shell::draw_times() const {
    const std::string text =
        formatted("build %5.2f ms (95th percentile %5.2f)\ndraw  %5.2f ms (95th percentile %5.2f)",
                  build_.percentile(0.5), build_.percentile(0.95), draw_.percentile(0.5), draw_.percentile(0.95));
    ImDrawList* draw = ImGui::GetForegroundDrawList();
    ImGui::PushFont(theme_.fonts.mono, theme_.small_size());
    const ImVec2 at(ImGui::GetMainViewport()->WorkPos.x + theme_.px(16),
                    ImGui::GetMainViewport()->WorkPos.y + theme_.px(52));
    const ImVec2 size = ImGui::CalcTextSize(text.c_str());
    draw->AddRectFilled({at.x - 8, at.y - 4}, {at.x + size.x + 8, at.y + size.y + 4}, pack(theme_.colours.raised),
                        theme_.px(4));
    draw->AddText(at, pack(theme_.colours.text), text.c_str());
    ImGui::PopFont();
}

void Shell::take_requests(const Requests& requests) {
    if (!requests.notice.empty()) toasts_.notice(requests.notice, ImGui::GetTime());
    if (!requests.exported.empty()) remember(view_.recent_captures, requests.exported);
    busy_ = requests.another_frame || !(requests.hover == view_.hover);
    view_.hover = requests.hover;
    quits_ = quits_ || requests.quit;
}

}  // namespace gatescope
