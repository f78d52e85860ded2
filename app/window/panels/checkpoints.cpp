// A survey of checkpoints: what each is like as a whole, which of them the charts show, and the form that measures
// more.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "app/window/depth_charts.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/survey_form.h"
#include "app/window/spectra_looks.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/table_text.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

// Means over a checkpoint's heads.
struct Row {
    std::string name, about, heads, skew, routing, filtering;
};

std::string number_text(const std::map<std::string, HeadGrid>& grids, const std::string& id, const char* format,
                        double factor = 1) {
    const auto found = grids.find(id);
    const double mean = found == grids.end() ? std::numeric_limits<double>::quiet_NaN() : mean_of_heads(found->second);
    return std::isfinite(mean) ? formatted(format, factor * mean) : "–";
}

Row row_of(const ModelSpectra& model, const SpectraView& view) {
    const ModelConfig& config = model.model->config;
    Row out;
    out.name = model.name;
    out.about = formatted("%s: %lld layers of %lld heads, d_model %lld, d_head %lld", model.model->architecture.c_str(),
                          static_cast<long long>(config.n_layers), static_cast<long long>(config.n_heads),
                          static_cast<long long>(config.d_model), static_cast<long long>(config.d_head));
    out.heads = formatted("%zu × %zu", model.layers.members(config.n_layers).size(),
                          model.heads.members(config.n_heads).size());
    out.skew = out.routing = out.filtering = "–";
    const WeightSpectra* kernels = kernels_of(*model.spectra, view.form);
    if (kernels == nullptr) return out;
    out.skew = number_text(kernels->figures, "skew_fraction", "%.1f %%", 100);
    out.routing = number_text(kernels->skew.ranks, view.rank, "%.1f");
    out.filtering = number_text(kernels->symmetric.ranks, view.rank, "%.1f");
    return out;
}

class CheckpointsPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box,
                    {"Checkpoints", "Checkpoints", about(frame), [&](float& right) { draw_close(frame, right); }});
        const float room = ImGui::GetContentRegionAvail().y;
        const float form = std::min(survey_form_height(frame, checked_), std::max(room * 0.6F, frame.px(132)));
        ImGui::BeginChild("##table", {0, room - form - frame.px(8)}, ImGuiChildFlags_None,
                          ImGuiWindowFlags_NoBackground);
        if (rows_.empty())
            empty_panel(frame.theme, job_of(frame.snapshot, "survey") != nullptr
                                         ? "The first checkpoint will be here once its last layer is done."
                                         : "Add checkpoints: their routing and filtering will be compared here.");
        else
            draw_table(frame);
        ImGui::EndChild();
        draw_survey_form(frame, checked_);
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    std::string about(const Frame& frame) const;
    static void draw_close(Frame& frame, float& right);
    void draw_table(Frame& frame) const;
    void draw_row(Frame& frame, std::size_t at) const;

    std::shared_ptr<const SpectraSurvey> survey_;
    KernelForm form_ = KernelForm::kFolded;
    std::string rank_, models_, path_;
    std::uint64_t seen_ = 0;
    bool overwrite_ = false, once_ = false;
    std::vector<Row> rows_;
    Checked<StartSurvey> checked_;
};

void CheckpointsPanel::follow(const Frame& frame) {
    const SpectraView& view = frame.view.spectra;
    if (!once_ || seen_ != frame.snapshot.id || models_ != view.survey_models || path_ != view.survey_path ||
        overwrite_ != view.survey_overwrite) {
        seen_ = frame.snapshot.id;
        models_ = view.survey_models, path_ = view.survey_path, overwrite_ = view.survey_overwrite;
        checked_ = check_survey(view);
    }
    if (once_ && survey_ == frame.snapshot.survey && form_ == view.form && rank_ == view.rank) return;
    once_ = true;
    survey_ = frame.snapshot.survey, form_ = view.form, rank_ = view.rank;
    rows_.clear();
    if (survey_ != nullptr)
        for (const auto& model : survey_->models) rows_.push_back(row_of(*model, view));
}

// Of the survey's kernels, said where they differ from each other's or from those that stand in the other panels.
std::string offsets_of(const SpectraSurvey& survey, std::int64_t others) {
    std::set<std::int64_t> offsets;
    for (const auto& model : survey.models) offsets.insert(model->spectra->request.delta);
    if (offsets.empty()) return {};
    if (offsets.size() > 1) return ", several offsets";
    return *offsets.begin() == 0 && others == 0
               ? ""
               : formatted(" at offset %lld", static_cast<long long>(*offsets.begin()));
}

std::string CheckpointsPanel::about(const Frame& frame) const {
    if (survey_ == nullptr) return "a survey of weights";
    std::int64_t heads = 0;
    for (const auto& model : survey_->models)
        heads += std::ssize(model->layers.members(model->model->config.n_layers)) *
                 std::ssize(model->heads.members(model->model->config.n_heads));
    const bool cut_short = !survey_->complete && job_of(frame.snapshot, "survey") == nullptr;
    return grouped(heads) + " heads, " + form_id(form_) + " kernels" + offsets_of(*survey_, frame.view.spectra.delta) +
           (cut_short ? ", not complete" : "");
}

void CheckpointsPanel::draw_close(Frame& frame, float& right) {
    if (frame.snapshot.survey == nullptr) return;
    place_right(right, ImGui::CalcTextSize("Close").x + 2 * ImGui::GetStyle().FramePadding.x, frame.px(8));
    const std::string& path = frame.snapshot.survey_path;
    if (button(frame.theme, "Close",
               path.empty() ? "Lets the survey go; it is in no capture" : "It is kept in " + path))
        frame.send(CloseSurvey{});
}

void CheckpointsPanel::draw_table(Frame& frame) const {
    const Theme& theme = frame.theme;
    ImGui::PushFont(nullptr, theme.small_size());
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingStretchProp | ImGuiTableFlags_NoPadOuterX;
    if (ImGui::BeginTable("##checkpoints", 5, kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        constexpr std::array<std::pair<const char*, float>, 5> columns = {
            {{"checkpoint", 2.3F}, {"heads", 1}, {"skew", 1}, {"routing", 1}, {"filtering", 1}}};
        const std::string rank = rank_label(rank_);
        const std::array<std::string, 5> help = {
            "A click shows it in the charts or leaves it out", "Layers by heads that were surveyed",
            "Mean skew fraction: share of the kernel's squared norm that routes", rank + " of routing, mean of heads",
            rank + " of filtering, mean of heads"};
        for (const auto& [name, weight] : columns) ImGui::TableSetupColumn(name, 0, weight);
        ImGui::TableNextRow();
        for (std::size_t at = 0; at < columns.size(); ++at) title_cell(theme, columns[at].first, help[at]);
        for (std::size_t at = 0; at < rows_.size(); ++at) draw_row(frame, at);
        ImGui::EndTable();
    }
    ImGui::PopFont();
}

void CheckpointsPanel::draw_row(Frame& frame, std::size_t at) const {
    const Theme& theme = frame.theme;
    const Row& row = rows_[at];
    std::set<std::string>& hidden = frame.view.spectra.hidden_models;
    const bool shown = !hidden.contains(row.name);
    ImGui::TableNextRow();
    ImGui::TableSetColumnIndex(0);
    const ImVec2 from = ImGui::GetCursorPos();
    if (ImGui::Selectable(("##" + row.name).c_str(), false, ImGuiSelectableFlags_SpanAllColumns) &&
        hidden.erase(row.name) == 0)
        hidden.insert(row.name);
    tooltip(theme, row.name + "\n" + row.about);
    const ImVec2 at_mark = ImGui::GetItemRectMin();
    const float mark = theme.px(10), height = ImGui::GetItemRectSize().y;
    const ImVec2 corner(at_mark.x, std::round(at_mark.y + (height - mark) / 2));
    const ImU32 colour = pack(checkpoint_colour(theme, at));
    ImDrawList* draw = ImGui::GetWindowDrawList();
    if (shown)
        draw->AddRectFilled(corner, {corner.x + mark, corner.y + mark}, colour, theme.px(2));
    else
        draw->AddRect(corner, {corner.x + mark, corner.y + mark}, colour, theme.px(2), 1.5F);
    ImGui::SetCursorPos({from.x + mark + theme.px(6), from.y});
    fitted_text(theme, row.name, ImGui::GetContentRegionAvail().x,
                shown ? theme.colours.text : theme.colours.secondary);
    int column = 0;
    for (const std::string& cell : {row.heads, row.skew, row.routing, row.filtering}) {
        ImGui::TableSetColumnIndex(++column);
        number_text(theme, cell);
    }
}

}  // namespace

std::unique_ptr<Panel> make_checkpoints_panel(Textures& /*textures*/) {
    return std::make_unique<CheckpointsPanel>();
}

}  // namespace gatescope
