// The figure of an experiment, filling in as its arms end, and below it what the result says of the paper's claim.
#include <algorithm>
#include <cmath>

#include "app/window/experiment_actions.h"
#include "app/window/experiment_charts.h"
#include "app/window/panels/experiment_marks.h"
#include "app/window/panels/panel.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

const std::string kAll = "all";

struct Drawn {
    ExperimentChart from;
    Chart chart;
};

class ExperimentFigurePanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box, {"Figure", "Figure", about(), [&](float& right) { draw_header(frame, right); }});
        if (shown_ == nullptr || charts_.empty()) {
            draw_empty(frame);
        } else {
            draw_tabs(frame);
            const float foot = verdict_height(frame);
            ImGui::BeginChild("##charts", {0, -foot}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
            draw_charts(frame);
            ImGui::EndChild();
            draw_verdict(frame);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    std::string about() const;
    void draw_header(Frame& frame, float& right);
    void draw_which(Frame& frame, float& right) const;
    void draw_tabs(Frame& frame) const;
    void draw_empty(Frame& frame) const;
    void draw_charts(Frame& frame);
    static void draw_one(const Frame& frame, const Drawn& drawn, const ImVec2& size, bool titled);
    float verdict_height(const Frame& frame) const;
    void draw_verdict(const Frame& frame) const;

    SharedExperiment shown_;
    std::uint64_t seen_ = 0;
    ThemeKind theme_ = ThemeKind::kDark;
    std::string wish_;
    std::vector<Drawn> charts_;
    std::vector<std::string> there_;  // ids of charts that have something to draw
};

// Works out anew only what changed.
void ExperimentFigurePanel::follow(const Frame& frame) {
    shown_ = experiment_of_page(frame);
    const std::uint64_t id = shown_ == nullptr ? 0 : shown_->result->id;
    const std::string& wish = frame.view.experiments.chart;
    if (id == seen_ && theme_ == frame.theme.kind && wish_ == wish) return;
    seen_ = id, theme_ = frame.theme.kind, wish_ = wish;
    charts_.clear();
    if (shown_ == nullptr) return;
    for (const ExperimentChart& chart : shown_->result->summary.charts) {
        Drawn drawn{chart, experiment_chart(chart, frame.theme, 6)};
        if (!drawn.chart.empty()) charts_.push_back(std::move(drawn));
    }
    there_.clear();
    for (const Drawn& drawn : charts_) there_.push_back(drawn.from.id);
    if (wish == kAll || charts_.empty()) return;
    const auto chosen =
        std::find_if(charts_.begin(), charts_.end(), [&](const Drawn& drawn) { return drawn.from.id == wish; });
    charts_ = {chosen == charts_.end() ? charts_.front() : *chosen};
}

std::string ExperimentFigurePanel::about() const {
    if (shown_ == nullptr) return "";
    if (charts_.size() == 1) return charts_.front().from.title;
    return experiment_title(*shown_);
}

void ExperimentFigurePanel::draw_header(Frame& frame, float& right) {
    if (shown_ == nullptr) return;
    const char* label = "Export figure…";
    place_right(right, ImGui::CalcTextSize(label).x + 2 * ImGui::GetStyle().FramePadding.x, frame.px(8));
    ImGui::BeginDisabled(charts_.empty());
    if (button(frame.theme, label, "As papers have it: .pdf, .svg or .png")) export_experiment_figure(frame);
    ImGui::EndDisabled();
    draw_which(frame, right);
}

// Of several of this page.
void ExperimentFigurePanel::draw_which(Frame& frame, float& right) const {
    const std::string& page = page_of(frame.view.experiments).id;
    const std::vector<SharedExperiment> own = experiments_of(frame.snapshot.experiments, page);
    if (own.size() < 2) return;
    const std::string shown = experiment_title(*shown_);
    const float width = std::min(menu_width(frame.theme, shown), frame.px(200));
    place_right(right, width, frame.px(8));
    if (!begin_menu(frame.theme, "##which", shown, "Which one of this session", width)) return;
    for (const SharedExperiment& each : own)
        if (menu_choice(frame.theme, experiment_title(*each) + "##" + each->folder, each->folder == shown_->folder,
                        each->folder + "\n" + state_words(each.get())))
            frame.view.experiments.shown[page] = each->folder;
    ImGui::EndPopup();
}

// Of several charts one is large; the last tab has them all side by side.
void ExperimentFigurePanel::draw_tabs(Frame& frame) const {
    const Theme& theme = frame.theme;
    const std::vector<ExperimentChart>& all = shown_->result->summary.charts;
    if (all.size() < 2) return;
    const float gap = theme.px(4), last = ImGui::CalcTextSize("All").x + theme.px(24);
    const float width = std::floor((ImGui::GetContentRegionAvail().x - last) / static_cast<float>(all.size()) - gap);
    const auto tab = [&](const std::string& title, const std::string& id, float wide, const std::string& help) {
        const bool chosen = id == (charts_.size() > 1 ? kAll : charts_.front().from.id);
        ImGui::PushStyleColor(ImGuiCol_Text, chosen ? theme.colours.text : theme.colours.secondary);
        ImGui::PushStyleColor(ImGuiCol_Button, chosen ? theme.colours.hover : theme.colours.panel);
        if (button(theme, fitted(title, wide - theme.px(12)) + "###tab " + id, help, wide))
            frame.view.experiments.chart = id;
        ImGui::PopStyleColor(2);
    };
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, ImGui::GetStyle().FramePadding.y));
    for (const ExperimentChart& chart : all) {
        const bool empty = std::find(there_.begin(), there_.end(), chart.id) == there_.end();
        ImGui::BeginDisabled(empty);
        tab(chart.title, chart.id, width, chart.title + (empty ? "\nNo arm of it has ended yet" : ""));
        ImGui::EndDisabled();
        ImGui::SameLine(0, gap);
    }
    tab("All", kAll, last, "All charts side by side");
    ImGui::PopStyleVar();
}

void ExperimentFigurePanel::draw_empty(Frame& frame) const {
    if (shown_ != nullptr) {
        empty_panel(frame.theme, is_active(*shown_) ? "The first bars and lines will be here once an arm has ended."
                                                    : "No arm has ended yet: go on, and the figure fills in.");
        return;
    }
    ExperimentsView& view = frame.view.experiments;
    const ExperimentInfo& info = page_of(view);
    const bool can_start = check_experiment(frame.snapshot, info, draft_of_page(view)).why_not.empty();
    if (empty_panel(frame.theme,
                    "The figure fills in here as the arms of the experiment end, and below it stands what the result "
                    "says of the paper's claim.",
                    can_start ? "Start " + info.label : ""))
        start_experiment(frame);
}

// As many lines of entries as they need.
void draw_legend_rows(const Theme& theme, const Drawn& drawn) {
    if (!needs_legend(drawn.from)) return;
    const float from = ImGui::GetCursorPosX(), right = from + ImGui::GetContentRegionAvail().x, gap = theme.px(14);
    float x = from;
    ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, 0));
    for (const ChartLine& line : drawn.chart.lines) {
        const float width = legend_width(theme, line.label);
        if (x > from && x + width <= right) ImGui::SameLine(0, gap);
        x = (x > from && x + width <= right ? x : from) + width + gap;
        legend(theme, line.colour, line.label);
    }
    ImGui::PopStyleVar();
}

// Names of categories that don't fit beside each other break into lines.
std::string broken(const std::string& text, float width) {
    std::string out, line;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t to = std::min(text.find(' ', from), text.size());
        const std::string word = text.substr(from, to - from);
        const std::string longer = line.empty() ? word : line + " " + word;
        if (!line.empty() && ImGui::CalcTextSize(longer.c_str()).x > width)
            out += line + "\n", line = word;
        else
            line = longer;
        from = to + 1;
    }
    return out + line;
}

Chart with_broken_names(const Theme& theme, const Drawn& drawn, float width) {
    Chart out = drawn.chart;
    ImGui::PushFont(nullptr, theme.px(12));
    const float each = (width - theme.px(64)) / static_cast<float>(drawn.from.categories.size()) - theme.px(6);
    std::vector<std::string> names;
    for (const std::string& name : drawn.from.categories) names.push_back(broken(name, each));
    ImGui::PopFont();
    out.x.text = [names](double value) {
        const auto at = static_cast<std::size_t>(std::max(0.0, std::round(value)));
        return at < names.size() ? names[at] : std::string();
    };
    return out;
}

void draw_tip(const Frame& frame, const Drawn& drawn, const ChartPoint& hit) {
    if (!ImGui::BeginTooltip()) return;
    const ChartLine& line = drawn.chart.lines[hit.line];
    const PointWords words = point_words(drawn.from, drawn.chart, hit.line, hit.point);
    secondary_text(frame.theme, words.where);
    if (line.label != words.where) coloured_text(line.colour, line.label);
    mono_text(frame.theme, words.value, frame.theme.colours.text);
    ImGui::EndTooltip();
}

void ExperimentFigurePanel::draw_one(const Frame& frame, const Drawn& drawn, const ImVec2& size, bool titled) {
    ImGui::BeginGroup();
    const float top = ImGui::GetCursorPosY();
    ImGui::BeginChild(("##head " + drawn.from.id).c_str(), {size.x, 0}, ImGuiChildFlags_AutoResizeY,
                      ImGuiWindowFlags_NoBackground);
    if (titled) fitted_text(frame.theme, drawn.from.title, size.x, frame.theme.colours.text);
    draw_legend_rows(frame.theme, drawn);
    ImGui::EndChild();
    const ImVec2 room(size.x, std::max(frame.px(80), size.y - (ImGui::GetCursorPosY() - top)));
    const bool named = !drawn.from.categories.empty();
    const auto hit = draw_chart(frame.theme, ("##" + drawn.from.id).c_str(), room,
                                named ? with_broken_names(frame.theme, drawn, size.x) : drawn.chart,
                                drawn.from.bars ? ChartHover::kNearestColumn : ChartHover::kNearestPoint);
    if (hit) draw_tip(frame, drawn, *hit);
    ImGui::EndGroup();
}

void ExperimentFigurePanel::draw_charts(Frame& frame) {
    const ImVec2 room = ImGui::GetContentRegionAvail();
    const float gap = frame.px(12);
    const std::size_t most = room.x > frame.px(1100) ? 3 : room.x > frame.px(560) ? 2 : 1;
    const std::size_t columns = std::min(most, charts_.size()), rows = (charts_.size() + columns - 1) / columns;
    const float even = std::floor((room.y - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows));
    // Where that is too low for a chart, the panel scrolls.
    const float height = charts_.size() > 1 ? std::max(even, frame.px(240)) : even;
    for (std::size_t at = 0; at < charts_.size(); ++at) {
        // What is alone in the last row has all of it.
        const std::size_t row = at / columns, in_row = std::min(columns, charts_.size() - row * columns);
        const float width = std::floor((room.x - gap * static_cast<float>(in_row - 1)) / static_cast<float>(in_row));
        if (at % columns > 0) ImGui::SameLine(0, gap);
        draw_one(frame, charts_[at], {width, height}, charts_.size() > 1);
    }
}

std::string verdict_sentence(const ExperimentView& shown) {
    const ExperimentSummary& summary = shown.result->summary;
    if (summary.verdict != Verdict::kOpen || !summary.sentence.empty()) return summary.sentence;
    return is_active(shown) ? "What the result says of the claim is told once all steps are done."
                            : "Steps are missing: the result says nothing yet.";
}

std::string rule_of(const ExperimentView& shown) {
    const std::string& rule = shown.result->summary.rule;
    return rule.empty() ? "" : "Rule: " + rule;
}

float ExperimentFigurePanel::verdict_height(const Frame& frame) const {
    const float mark = verdict_mark_width(frame.theme) + frame.px(8);
    const float width = ImGui::GetContentRegionAvail().x - mark;
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    float out = ImGui::CalcTextSize(verdict_sentence(*shown_).c_str(), nullptr, false, width).y + 2 * spacing;
    if (const std::string rule = rule_of(*shown_); !rule.empty()) out += small_text_height(frame.theme, rule) + spacing;
    return std::min(out + frame.px(2), ImGui::GetContentRegionAvail().y * 0.45F);
}

void ExperimentFigurePanel::draw_verdict(const Frame& frame) const {
    const Theme& theme = frame.theme;
    const Verdict verdict = shown_->result->summary.verdict;
    ImGui::BeginChild("##verdict", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    draw_verdict_mark(theme, ImGui::GetCursorScreenPos(), ImGui::GetTextLineHeight(), verdict);
    if (verdict != Verdict::kOpen)
        ImGui::SetCursorPosX(ImGui::GetCursorPosX() + verdict_mark_width(theme) + theme.px(8));
    ImGui::PushTextWrapPos(0);
    coloured_text(verdict == Verdict::kOpen ? theme.colours.secondary : theme.colours.text, verdict_sentence(*shown_));
    ImGui::PopTextWrapPos();
    if (const std::string rule = rule_of(*shown_); !rule.empty()) small_text(theme, rule, theme.colours.secondary);
    ImGui::EndChild();
}

}  // namespace

std::unique_ptr<Panel> make_experiment_figure_panel(Textures& /*textures*/) {
    return std::make_unique<ExperimentFigurePanel>();
}

}  // namespace gatescope
