// What the selected head does: its leading routing planes and filtering axes, the vocabulary's tokens on their sides,
// and the text's tokens on the one that is chosen.
#include <algorithm>
#include <cmath>

#include "app/window/lab_requests.h"
#include "app/window/panels/component_axis.h"
#include "app/window/panels/component_list.h"
#include "app/window/panels/component_plane.h"
#include "app/window/panels/panel.h"
#include "app/window/selection.h"
#include "app/window/spectra_wishes.h"
#include "app/window/token_text.h"
#include "app/window/widgets/colour_bar.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

constexpr const char* kHelp =
    "A head scores a pair of tokens by a kernel: query times kernel times key. The kernel is a sum of components.\n\n"
    "A routing plane sends what lies on one side to what lies on the next: queries at +u attend to keys at +v, those "
    "at +v to −u, and so on round; who sends is not who is sent to.\n\n"
    "A filtering axis lets like attend to like, or to its opposite; both directions alike.\n\n"
    "These are of the raw kernel, at the offset that is set, biases left out: what one component adds to the score, "
    "before the softmax.";

class ComponentsPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        ask(frame);
        follow(frame);
        begin_panel(frame.theme, box,
                    {"Components", "Components", about(frame), [&](float& right) { draw_help(frame, right); }});
        const Box inside{{box.from.x + 1, ImGui::GetCursorScreenPos().y}, {box.to.x - 1, box.to.y - 1}};
        if (shown_ == nullptr || frame.snapshot.capture != nullptr)
            draw_nothing(frame);
        else
            draw_all(frame);
        if (shown_ != nullptr && frame.snapshot.capture == nullptr && !current(frame)) draw_stale(frame, inside);
        end_panel();
    }

  private:
    void ask(const Frame& frame);
    void follow(const Frame& frame);
    bool current(const Frame& frame) const;
    static ComponentsRequest wish(const Frame& frame);
    std::string about(const Frame& frame) const;
    static void draw_help(const Frame& frame, float& right);
    void draw_nothing(Frame& frame);
    void draw_all(Frame& frame);
    void draw_one(Frame& frame, const HeadComponent& component);
    void draw_caption(const Frame& frame, const HeadComponent& component, std::size_t index) const;
    void draw_foot(Frame& frame, const HeadComponent& component) const;
    void draw_stale(Frame& frame, const Box& box);
    bool failed(const Frame& frame) const;

    // What was asked for last, and of which model: where the model or the text changes, the engine goes on by itself.
    struct Asked {
        ComponentsRequest request;
        std::string model;
        bool operator==(const Asked&) const = default;
    };
    std::optional<Asked> asked_;
    std::uint64_t last_message_ = 0;  // when it was asked for

    std::shared_ptr<const HeadComponents> shown_;
    std::shared_ptr<const TextWindows> text_;
    std::vector<std::string> labels_;  // of the window's tokens; empty where they aren't those of the components
    bool routing_ = true, causal_ = true;
    std::size_t index_ = 0;
    ComponentPicture picture_;
    std::int64_t query_ = -1;
    QueryAdds adds_;
};

std::uint64_t newest_message(const Snapshot& snapshot) {
    return snapshot.messages.empty() ? 0 : snapshot.messages.back().id;
}

ComponentsRequest ComponentsPanel::wish(const Frame& frame) {
    ComponentsRequest out;
    out.layer = frame.view.selected.layer, out.head = frame.view.selected.head;
    out.delta = shown_delta(frame.snapshot, frame.view);
    out.window = frame.view.window;
    return out;
}

// Without tokens, components are those of every window.
bool ComponentsPanel::current(const Frame& frame) const {
    ComponentsRequest next = wish(frame);
    if (shown_->ids.empty()) next.window = shown_->request.window;
    return shown_->request == next;
}

void ComponentsPanel::ask(const Frame& frame) {
    const Snapshot& snapshot = frame.snapshot;
    if (snapshot.model == nullptr || snapshot.capture != nullptr) {
        asked_.reset();
        return;
    }
    Asked now{wish(frame), snapshot.model->name};
    if (asked_ == now) return;
    const bool there = !asked_ && snapshot.components != nullptr && snapshot.components->request == now.request;
    asked_ = std::move(now);
    last_message_ = newest_message(snapshot);
    if (!there) frame.send(ShowComponents{asked_->request});
}

void ComponentsPanel::follow(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    const std::shared_ptr<const TextWindows> text = frame.run == nullptr ? nullptr : frame.run->text;
    const bool causal = frame.snapshot.model == nullptr || frame.snapshot.model->config.causal;
    bool changed = false;
    if (shown_ != frame.snapshot.components || text_ != text || causal_ != causal) {
        shown_ = frame.snapshot.components;
        text_ = text;
        causal_ = causal;
        labels_.clear();
        changed = true;
        if (shown_ != nullptr && text != nullptr && shown_->request.window < std::ssize(text->windows) &&
            text->windows[static_cast<std::size_t>(shown_->request.window)] == shown_->ids)
            for (std::int64_t token = 0; token < std::ssize(shown_->ids); ++token)
                labels_.push_back(token_label(frame.run, shown_->request.window, token));
    }
    if (shown_ == nullptr) return;
    const auto& list = components_of(*shown_, view.routing);
    if (list.empty()) return;
    const auto index = static_cast<std::size_t>(std::clamp<std::int64_t>(view.component, 0, std::ssize(list) - 1));
    const HeadComponent& component = list[index];
    changed = changed || routing_ != component.routing || index_ != index;
    routing_ = component.routing, index_ = index;
    const bool with_tokens = !labels_.empty() && component.tokens.size() == labels_.size();
    if (changed) picture_ = with_tokens ? component_picture(component, shown_->ids, causal_) : ComponentPicture();
    const std::int64_t query = with_tokens ? query_in_view(frame.view, std::ssize(labels_)) : -1;
    if (!changed && query == query_) return;
    query_ = query;
    adds_ = query < 0 ? QueryAdds() : query_adds(component, causal_, static_cast<std::size_t>(query));
}

std::string ComponentsPanel::about(const Frame& frame) const {
    const bool any = shown_ != nullptr && frame.snapshot.capture == nullptr;
    const ComponentsRequest request = any ? shown_->request : wish(frame);
    std::string out =
        formatted("layer %lld, head %lld", static_cast<long long>(request.layer), static_cast<long long>(request.head));
    if (request.delta != 0) out += formatted(", offset %lld", static_cast<long long>(request.delta));
    if (any && std::isfinite(shown_->skew_fraction))
        out +=
            formatted("  ·  raw: %.0f %% routing, %.0f %% filtering", 100 * static_cast<double>(shown_->skew_fraction),
                      100 - 100 * static_cast<double>(shown_->skew_fraction));
    return out;
}

void ComponentsPanel::draw_help(const Frame& frame, float& right) {
    place_right(right, frame.px(24), frame.px(8));
    button(frame.theme, "?", kHelp, frame.px(24));
}

bool ComponentsPanel::failed(const Frame& frame) const {
    const auto& messages = frame.snapshot.messages;
    return asked_ && job_of(frame.snapshot, "components") == nullptr &&
           newest_message(frame.snapshot) > last_message_ && messages.back().severity == Severity::kError;
}

void ComponentsPanel::draw_nothing(Frame& frame) {
    const Snapshot& snapshot = frame.snapshot;
    if (snapshot.capture != nullptr) {
        if (empty_panel(frame.theme,
                        "What a head's components do is read from a model's weights, which a capture lacks.",
                        "Close the capture"))
            frame.send(CloseCapture{});
    } else if (snapshot.model == nullptr && snapshot.jobs.empty()) {
        if (empty_panel(frame.theme, "What the selected head does will be here once a model is open.", "Open a model…"))
            frame.requests.dialog = Dialog::kOpenModel;
    } else if (failed(frame)) {
        if (empty_panel(frame.theme, "The components of this head could not be worked out.", "Try again"))
            asked_.reset();
    } else {
        const JobStatus* job = job_of(snapshot, "components");
        const JobProgress progress = job == nullptr ? JobProgress() : job->job->progress();
        skeleton(frame.theme, progress.title.empty() ? "The components of this head" : progress.title,
                 progress.total > 0 ? static_cast<float>(progress.done / progress.total) : 0);
    }
}

void ComponentsPanel::draw_all(Frame& frame) {
    const auto& list = components_of(*shown_, frame.view.spectra.routing);
    if (list.empty()) {
        empty_panel(frame.theme, "The kernel of this head is zero: it has no components.");
        return;
    }
    const float list_width = std::clamp(ImGui::GetContentRegionAvail().x * 0.22F, frame.px(120), frame.px(180));
    ImGui::BeginChild("##list", {list_width, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    draw_component_list(frame, *shown_, routing_, index_, picture_.strongest, labels_);
    ImGui::EndChild();
    ImGui::SameLine(0, frame.px(12));
    ImGui::BeginChild(
        "##component", {0, 0}, ImGuiChildFlags_None,
        ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
    draw_one(frame, list[index_]);
    ImGui::EndChild();
}

void ComponentsPanel::draw_one(Frame& frame, const HeadComponent& component) {
    draw_caption(frame, component, index_);
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float foot = frame.theme.small_size() + frame.px(8);
    const ShownComponent shown{&component, &picture_, query_ < 0 ? nullptr : &adds_, query_, &labels_};
    const ImVec2 size(room.x, std::max(room.y - foot, frame.px(80)));
    if (component.routing)
        draw_plane(frame, size, shown);
    else
        draw_axis(frame, size, shown);
    draw_foot(frame, component);
}

void ComponentsPanel::draw_caption(const Frame& frame, const HeadComponent& component, std::size_t index) const {
    const auto share = static_cast<double>(component.share) * 100;
    const std::string words =
        component.routing ? formatted("Plane %zu  ·  s %.3g, %.1f %% of routing  ·  queries attend a quarter turn on",
                                      index + 1, static_cast<double>(component.value), share)
                          : formatted("Axis %zu  ·  λ %+.3g, %.1f %% of filtering", index + 1,
                                      static_cast<double>(component.value), share);
    ImGui::PushFont(nullptr, frame.theme.small_size());
    fitted_text(frame.theme, words, ImGui::GetContentRegionAvail().x, frame.theme.colours.text);
    ImGui::PopFont();
}

// What the dots' colours say, or why there are none.
void ComponentsPanel::draw_foot(Frame& frame, const HeadComponent& component) const {
    const Theme& theme = frame.theme;
    const Snapshot& snapshot = frame.snapshot;
    if (query_ >= 0) {
        const auto most = static_cast<double>(adds_.most);
        const std::string& query = labels_[static_cast<std::size_t>(query_)];
        colour_bar_row(theme, colour_map("diverging"), formatted("%+.2g", -most),
                       formatted("%+.2g to the score of ", most) + shortened(query, 14));
        return;
    }
    const bool no_text = snapshot.run == nullptr || snapshot.run->text == nullptr;
    const std::string why = snapshot.weights_only      ? "The text's tokens are drawn here once the weights are loaded."
                            : no_text                  ? "The text's tokens are drawn here once a text is open."
                            : component.tokens.empty() ? "The text's tokens are being worked out."
                                                       : "These are tokens of another text.";
    ImGui::PushFont(nullptr, theme.small_size());
    fitted_text(theme, why, ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
}

// Over the old one, until the new one is there: a child of its own, as what it covers has children.
void ComponentsPanel::draw_stale(Frame& frame, const Box& box) {
    const Theme& theme = frame.theme;
    ImGui::SetCursorScreenPos(box.from);
    ImGui::BeginChild("##stale", box.size(), ImGuiChildFlags_None,
                      ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoScrollbar);
    ImDrawList* draw = ImGui::GetWindowDrawList();
    draw->AddRectFilled(box.from, box.to, pack(faded(theme.colours.panel, 0.6F)));
    const ComponentsRequest next = wish(frame);
    const bool same_head = next.layer == shown_->request.layer && next.head == shown_->request.head;
    const std::string what =
        !same_head
            ? formatted("layer %lld, head %lld", static_cast<long long>(next.layer), static_cast<long long>(next.head))
        : next.delta != shown_->request.delta ? formatted("offset %lld", static_cast<long long>(next.delta))
                                              : formatted("window %lld", static_cast<long long>(next.window + 1));
    const std::string words = failed(frame) ? what + " could not be worked out" : "updating to " + what;
    const ImVec2 size = ImGui::CalcTextSize(words.c_str());
    const ImVec2 at(std::round((box.from.x + box.to.x - size.x) / 2), std::round((box.from.y + box.to.y) / 2));
    draw->AddRectFilled({at.x - theme.px(10), at.y - theme.px(6)},
                        {at.x + size.x + theme.px(10), at.y + size.y + theme.px(6)}, pack(theme.colours.raised),
                        theme.px(4));
    draw->AddText(at, pack(theme.colours.text), words.c_str());
    ImGui::EndChild();
}

}  // namespace

std::unique_ptr<Panel> make_components_panel(Textures& /*textures*/) {
    return std::make_unique<ComponentsPanel>();
}

}  // namespace gatescope
