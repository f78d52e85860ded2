// Spectra by layer: how routing and filtering share the kernels, at what rank, over checkpoints, and how little of it
// activations use.
#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/spectra/spectra_metrics.h"
#include "app/window/depth_charts.h"
#include "app/window/panels/missing_spectra.h"
#include "app/window/panels/panel.h"
#include "app/window/selection.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/chart_plot.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "implot.h"

namespace gatescope {

namespace {

struct ChartWords {
    DepthChart chart;
    const char *label, *about, *help;
};
constexpr std::array<ChartWords, 3> kCharts = {
    {{DepthChart::kFractions, "Shares", "routing and filtering by layer",
      "How the kernel's squared norm is shared by routing (skew) and filtering (symmetric)"},
     {DepthChart::kRanks, "Ranks of checkpoints", "means over heads",
      "Rank of routing and filtering by depth, over the checkpoints of the survey"},
     {DepthChart::kCapacity, "Rank against capacity", "activations against weights",
      "Rank at which scores of the text run, beside their capacity and the weight kernel's rank"}}};

const ChartWords& words_of(DepthChart chart) {
    return *std::find_if(kCharts.begin(), kCharts.end(), [&](const ChartWords& words) { return words.chart == chart; });
}

class DepthPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        const SpectraView& view = frame.view.spectra;
        begin_panel(frame.theme, box,
                    {"Depth", "Depth", words_of(view.depth).about, [&](float& right) { draw_choices(frame, right); }});
        follow(frame);
        if (view.depth == DepthChart::kFractions)
            draw_fractions(frame);
        else if (view.depth == DepthChart::kRanks)
            draw_ranks(frame);
        else
            draw_capacity(frame);
        end_panel();
    }

  private:
    struct MadeOf {
        std::shared_ptr<const ModelSpectra> spectra;
        std::shared_ptr<const SpectraSurvey> survey;
        std::set<std::string> hidden;
        DepthChart chart = DepthChart::kFractions;
        KernelForm form = KernelForm::kFolded;
        bool controls = false;
        std::string rank;
        HeadPlace selected;
        ThemeKind theme = ThemeKind::kDark;
        bool operator==(const MadeOf&) const = default;
    };
    static void draw_choices(Frame& frame, float& right);
    void follow(const Frame& frame);
    static DepthWish wish_of(const Frame& frame);
    static std::vector<CheckpointLine> checkpoints(const Frame& frame);
    void draw_fractions(Frame& frame);
    void draw_ranks(Frame& frame);
    void draw_capacity(Frame& frame);
    void draw_pair(Frame& frame, float height, const std::array<ImVec4, 2>& titles);
    void draw_one(Frame& frame, const char* id, std::size_t at, const ImVec2& size, bool ranks);
    void select(Frame& frame, double x) const;
    void draw_tip(const Frame& frame, std::size_t at, double x, bool ranks) const;

    MadeOf made_of_;
    bool once_ = false;
    std::array<Chart, 2> charts_;
    std::vector<CheckpointLine> lines_;
    std::string words_;
};

void DepthPanel::draw_choices(Frame& frame, float& right) {
    const Theme& theme = frame.theme;
    SpectraView& view = frame.view.spectra;
    if (view.depth != DepthChart::kFractions) {
        const std::string label = rank_label(view.rank);
        place_right(right, menu_width(theme, label), theme.px(6));
        if (begin_menu(theme, "##rank", label, "How the number of components is counted")) {
            for (const RankInfo& info : rank_infos())
                if (menu_choice(theme, info.label, info.id == view.rank, info.help)) view.rank = info.id;
            ImGui::EndPopup();
        }
    }
    const ChartWords& now = words_of(view.depth);
    place_right(right, menu_width(theme, now.label), theme.px(8));
    if (!begin_menu(theme, "##chart", now.label, std::string(now.help) + " (W)")) return;
    for (const ChartWords& words : kCharts)
        if (menu_choice(theme, words.label, words.chart == view.depth, words.help)) view.depth = words.chart;
    ImGui::EndPopup();
}

DepthWish DepthPanel::wish_of(const Frame& frame) {
    DepthWish out;
    out.form = frame.view.spectra.form, out.rank = frame.view.spectra.rank;
    out.random = frame.view.spectra.controls;
    if (frame.derived.spectra == nullptr) return out;
    const ModelSpectra& shown = *frame.derived.spectra;
    const auto find = [](const std::vector<std::int64_t>& numbers, std::int64_t number) -> std::int64_t {
        const auto found = std::find(numbers.begin(), numbers.end(), number);
        return found == numbers.end() ? -1 : found - numbers.begin();
    };
    out.row = find(shown.layers.members(shown.model->config.n_layers), frame.view.selected.layer);
    out.column = find(shown.heads.members(shown.model->config.n_heads), frame.view.selected.head);
    return out;
}

// Those of the survey that are switched on, else the open model.
std::vector<CheckpointLine> DepthPanel::checkpoints(const Frame& frame) {
    std::vector<CheckpointLine> out;
    const SpectraSurvey* survey = frame.snapshot.survey.get();
    for (std::size_t at = 0; survey != nullptr && at < survey->models.size(); ++at)
        if (!frame.view.spectra.hidden_models.contains(survey->models[at]->name))
            out.push_back({survey->models[at], checkpoint_colour(frame.theme, at)});
    if (survey == nullptr && frame.derived.spectra != nullptr)
        out.push_back({frame.derived.spectra, checkpoint_colour(frame.theme, 0)});
    return out;
}

void DepthPanel::follow(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    MadeOf now{frame.derived.spectra,
               frame.snapshot.survey,
               view.hidden_models,
               view.depth,
               view.form,
               view.controls,
               view.rank,
               frame.view.selected,
               frame.theme.kind};
    if (once_ && now == made_of_) return;
    once_ = true;
    made_of_ = std::move(now);
    charts_ = {};
    lines_ = checkpoints(frame);
    const DepthWish wish = wish_of(frame);
    if (view.depth == DepthChart::kRanks) charts_ = rank_charts(lines_, wish, frame.theme);
    if (frame.derived.spectra == nullptr) return;
    if (view.depth == DepthChart::kFractions) charts_[0] = fraction_chart(*frame.derived.spectra, wish, frame.theme);
    if (view.depth == DepthChart::kCapacity) {
        charts_ = capacity_charts(*frame.derived.spectra, wish, frame.theme);
        words_ = capacity_words(*frame.derived.spectra, wish);
    }
}

SpectraRequest kernels_need(const Frame& frame) {
    return {.raw = frame.view.spectra.form == KernelForm::kRaw,
            .folded = frame.view.spectra.form == KernelForm::kFolded};
}

void DepthPanel::draw_fractions(Frame& frame) {
    const Theme& theme = frame.theme;
    if (charts_[0].empty()) {
        draw_missing_spectra(frame, "How routing and filtering share the kernels", kernels_need(frame));
        return;
    }
    legend(theme, routing_colour(theme), "routing");
    ImGui::SameLine(0, theme.px(14));
    legend(theme, filtering_colour(theme), "filtering");
    ImGui::SameLine(0, theme.px(14));
    ImGui::PushFont(nullptr, theme.small_size());
    ImGui::AlignTextToFramePadding();
    fitted_text(theme, "means of heads, bands from the least to the largest, thin: the selected head",
                ImGui::GetContentRegionAvail().x, theme.colours.secondary);
    ImGui::PopFont();
    draw_one(frame, "##shares", 0, ImGui::GetContentRegionAvail(), false);
}

void DepthPanel::draw_ranks(Frame& frame) {
    if (charts_[0].empty()) {
        if (frame.snapshot.survey != nullptr)
            empty_panel(frame.theme, lines_.empty() ? "All checkpoints are switched off."
                                                    : std::string("The survey has no ") +
                                                          form_id(frame.view.spectra.form) + " kernels.");
        else
            draw_missing_spectra(frame, "The rank of the kernels by depth", kernels_need(frame));
        return;
    }
    const Theme& theme = frame.theme;
    const float right = ImGui::GetCursorPosX() + ImGui::GetContentRegionAvail().x;
    for (std::size_t at = 0; at < lines_.size(); ++at) {
        if (at > 0) ImGui::SameLine(0, theme.px(14));
        const std::string name = shortened(lines_[at].model->name, 28);
        if (at > 0 && ImGui::GetCursorPosX() + legend_width(theme, name) > right) ImGui::NewLine();
        legend(theme, lines_[at].colour, name);
    }
    if (charts_[0].lines.size() > lines_.size()) {
        ImGui::SameLine(0, theme.px(14));
        legend(theme, theme.colours.secondary, "random projections");
    }
    // Colours are the checkpoints' here.
    draw_pair(frame, ImGui::GetContentRegionAvail().y, {theme.colours.text, theme.colours.text});
}

void DepthPanel::draw_capacity(Frame& frame) {
    const Theme& theme = frame.theme;
    if (charts_[0].empty()) {
        draw_missing_spectra(frame, "The rank at which activations run", {.activations = true});
        return;
    }
    legend(theme, theme.colours.secondary, "weight kernel");
    ImGui::SameLine(0, theme.px(14));
    ImGui::PushFont(nullptr, theme.small_size());
    ImGui::AlignTextToFramePadding();
    fitted_text(theme, words_, ImGui::GetContentRegionAvail().x, theme.colours.text);
    ImGui::PopFont();
    draw_pair(frame, ImGui::GetContentRegionAvail().y, {routing_colour(theme), filtering_colour(theme)});
}

// Routing at the left, filtering at the right, on one scale.
void DepthPanel::draw_pair(Frame& frame, float height, const std::array<ImVec4, 2>& titles) {
    const float gap = frame.px(8), width = std::floor((ImGui::GetContentRegionAvail().x - gap) / 2);
    const ImVec2 from = ImGui::GetCursorPos();
    const float title = frame.theme.small_size() + frame.px(4);
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}}) {
        const float x = from.x + static_cast<float>(at) * (width + gap);
        ImGui::SetCursorPos({x + frame.px(40), from.y});
        ImGui::PushFont(nullptr, frame.theme.small_size());
        coloured_text(titles.at(at), at == 0 ? "routing" : "filtering");
        ImGui::PopFont();
        ImGui::SetCursorPos({x, from.y + title});
        draw_one(frame, at == 0 ? "##routing" : "##filtering", at, {width, height - title}, true);
    }
}

void DepthPanel::draw_one(Frame& frame, const char* id, std::size_t at, const ImVec2& size, bool ranks) {
    Chart chart = charts_[at];
    chart.fit(size.y > frame.px(180) ? 5 : 3);
    if (size.y < frame.px(130)) chart.x.label.clear(), chart.y.label.clear();
    const auto hit = draw_chart(frame.theme, id, size, chart, ChartHover::kNearestColumn);
    if (!hit) return;
    const double x = chart.lines[hit->line].x[hit->point];
    draw_tip(frame, at, x, ranks);
    if (frame.snapshot.model == nullptr && frame.run == nullptr) return;
    ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
    if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) select(frame, x);
}

// Of the shown model: by its number, or where the chart goes by depth the nearest one.
void DepthPanel::select(Frame& frame, double x) const {
    const std::vector<std::int64_t>& layers = frame.derived.layers;
    if (layers.empty()) return;
    double layer = x;
    if (made_of_.chart == DepthChart::kRanks && lines_.size() > 1) layer = x * static_cast<double>(layers.back());
    const auto nearest = std::min_element(layers.begin(), layers.end(), [&](std::int64_t a, std::int64_t b) {
        return std::abs(static_cast<double>(a) - layer) < std::abs(static_cast<double>(b) - layer);
    });
    select_head(frame, {*nearest, frame.view.selected.head}, false);
}

void DepthPanel::draw_tip(const Frame& frame, std::size_t at, double x, bool ranks) const {
    if (!ImGui::BeginTooltip()) return;
    const bool relative = made_of_.chart == DepthChart::kRanks && lines_.size() > 1;
    secondary_text(frame.theme, relative ? formatted("%.0f %% of the depth", 100 * x) : formatted("layer %.0f", x));
    const auto number = [&](double value) {
        return ranks ? formatted("%.1f", value) : formatted("%.1f %%", 100 * value);
    };
    for (const ChartLine& line : charts_[at].lines) {
        if (line.x.empty()) continue;
        const auto nearest = std::min_element(line.x.begin(), line.x.end(),
                                              [&](double a, double b) { return std::abs(a - x) < std::abs(b - x); });
        const auto point = static_cast<std::size_t>(nearest - line.x.begin());
        mono_text(frame.theme, number(line.y[point]), line.colour);
        ImGui::SameLine(0, frame.px(8));
        secondary_text(frame.theme, shortened(line.label, 36));
    }
    for (const ChartLevel& level : charts_[at].levels) secondary_text(frame.theme, level.label);
    ImGui::EndTooltip();
}

}  // namespace

std::unique_ptr<Panel> make_depth_panel(Textures& /*textures*/) {
    return std::make_unique<DepthPanel>();
}

}  // namespace gatescope
