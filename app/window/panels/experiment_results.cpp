// The table of an experiment: our numbers beside the paper's, and of the chosen row what may be compared.
#include <algorithm>
#include <array>

#include "app/engine/experiments/experiment_table.h"
#include "app/window/experiment_actions.h"
#include "app/window/panels/panel.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/table_text.h"
#include "app/window/widgets/text.h"

namespace gatescope {

namespace {

struct Column {
    const char* name;
    const char* help;
    int drop;  // the largest goes first where there is no room; 0: never
};
constexpr std::size_t kPaper = 4;
constexpr std::array<Column, 5> kColumns = {{{"quantity", "A click tells below what of it may be compared", 0},
                                             {"ours", "Mean ± sample standard deviation over seeds", 0},
                                             {"95 % interval", "Over seeds; with one seed over held-out windows", 1},
                                             {"over", "What mean and interval are over", 2},
                                             {"the paper's", "As printed there", 0}}};

struct Row {
    std::array<std::string, 5> cells;
    std::string ours, paper, comparable;
};

Row row_of(const ExperimentRow& from) {
    const ExperimentCells cells = cells_of(from);
    return {{from.what, cells.ours, cells.interval, cells.count, from.paper.empty() ? "–" : from.paper},
            from.setting,
            from.paper_setting,
            from.comparable};
}

class ExperimentResultsPanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        follow(frame);
        begin_panel(frame.theme, box, {"Results", "Results", "ours beside the paper's", {}});
        if (rows_.empty()) {
            empty_panel(frame.theme, shown_ == nullptr
                                         ? "Our numbers will stand here beside the paper's, with what of the two may "
                                           "be compared."
                                         : "The first row will be here once an arm has ended.");
        } else {
            const Row& chosen = chosen_row(frame);
            ImGui::BeginChild("##table", {0, -details_height(frame, chosen)}, ImGuiChildFlags_None,
                              ImGuiWindowFlags_NoBackground);
            draw_table(frame, chosen);
            ImGui::EndChild();
            draw_details(frame, chosen);
        }
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    const Row& chosen_row(const Frame& frame) const;
    std::vector<std::size_t> columns_in(const Theme& theme, float room) const;
    float width_of(const Theme& theme, std::size_t column) const;
    void draw_table(Frame& frame, const Row& chosen) const;
    static float details_height(const Frame& frame, const Row& row);
    static void draw_details(const Frame& frame, const Row& row);

    SharedExperiment shown_;
    std::uint64_t seen_ = 0;
    std::vector<Row> rows_;
};

void ExperimentResultsPanel::follow(const Frame& frame) {
    shown_ = experiment_of_page(frame);
    const std::uint64_t id = shown_ == nullptr ? 0 : shown_->result->id;
    if (id == seen_) return;
    seen_ = id;
    rows_.clear();
    if (shown_ == nullptr) return;
    for (const ExperimentRow& row : shown_->result->summary.rows) rows_.push_back(row_of(row));
}

const Row& ExperimentResultsPanel::chosen_row(const Frame& frame) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(),
                                    [&](const Row& row) { return row.cells[0] == frame.view.experiments.row; });
    return found == rows_.end() ? rows_.front() : *found;
}

float ExperimentResultsPanel::width_of(const Theme& theme, std::size_t column) const {
    float out = ImGui::CalcTextSize(kColumns[column].name).x;
    for (const Row& row : rows_) out = std::max(out, mono_width(theme, row.cells[column]));
    return column == kPaper ? std::min(out, theme.px(190)) : out;
}

// What the paper prints may be a sentence.
void number_cell(const Theme& theme, const std::string& text) {
    ImGui::PushFont(theme.fonts.mono, 0);
    const std::string cut = fitted(text, ImGui::GetContentRegionAvail().x);
    ImGui::PopFont();
    number_text(theme, cut);
    if (cut != text) tooltip(theme, text);
}

// Those that leave room for the quantities.
std::vector<std::size_t> ExperimentResultsPanel::columns_in(const Theme& theme, float room) const {
    const float gap = 2 * ImGui::GetStyle().CellPadding.x;
    float names = 0;
    for (const Row& row : rows_) names = std::max(names, ImGui::CalcTextSize(row.cells[0].c_str()).x);
    names = std::min(names, theme.px(240));
    for (int dropped = 3;; --dropped) {
        std::vector<std::size_t> out;
        float needed = names;
        for (std::size_t at = 0; at < kColumns.size(); ++at) {
            if (kColumns[at].drop >= dropped) continue;
            out.push_back(at);
            needed += at == 0 ? 0 : width_of(theme, at) + gap;
        }
        if (needed <= room || dropped == 1) return out;
    }
}

void ExperimentResultsPanel::draw_table(Frame& frame, const Row& chosen) const {
    const Theme& theme = frame.theme;
    constexpr ImGuiTableFlags kFlags =
        ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_NoPadOuterX;
    ImGui::PushFont(nullptr, theme.small_size());
    ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(theme.px(8), theme.px(2)));
    const std::vector<std::size_t> columns =
        columns_in(theme, ImGui::GetContentRegionAvail().x - ImGui::GetStyle().ScrollbarSize);
    const std::string id = "##rows" + std::to_string(columns.size());
    if (ImGui::BeginTable(id.c_str(), static_cast<int>(columns.size()), kFlags, ImGui::GetContentRegionAvail())) {
        ImGui::TableSetupScrollFreeze(0, 1);
        for (const std::size_t at : columns)
            ImGui::TableSetupColumn(kColumns[at].name,
                                    at == 0 ? ImGuiTableColumnFlags_WidthStretch : ImGuiTableColumnFlags_WidthFixed,
                                    at == 0 ? 1 : width_of(theme, at));
        ImGui::TableNextRow();
        for (const std::size_t at : columns) title_cell(theme, kColumns[at].name, kColumns[at].help);
        for (const Row& row : rows_) {
            ImGui::TableNextRow();
            for (const std::size_t at : columns) {
                ImGui::TableNextColumn();
                if (at > 0) {
                    number_cell(theme, row.cells[at]);
                    continue;
                }
                const ImVec2 from = ImGui::GetCursorPos();
                if (ImGui::Selectable(("##" + row.cells[0]).c_str(), &row == &chosen,
                                      ImGuiSelectableFlags_SpanAllColumns | ImGuiSelectableFlags_AllowOverlap))
                    frame.view.experiments.row = row.cells[0];
                tooltip(theme, row.cells[0] + "\n" + row.comparable);
                ImGui::SetCursorPos(from);
                fitted_text(theme, row.cells[0], ImGui::GetContentRegionAvail().x, theme.colours.text);
            }
        }
        ImGui::EndTable();
    }
    ImGui::PopStyleVar();
    ImGui::PopFont();
}

std::vector<std::string> details_of(const Row& row) {
    std::vector<std::string> out;
    for (const auto& [what, text] : {std::pair{"Ours: ", &row.ours}, std::pair{"The paper's: ", &row.paper},
                                     std::pair{"To compare: ", &row.comparable}})
        if (!text->empty()) out.push_back(what + *text);
    return out;
}

float ExperimentResultsPanel::details_height(const Frame& frame, const Row& row) {
    const float spacing = frame.px(2);
    float out = frame.px(10);
    for (const std::string& line : details_of(row)) out += small_text_height(frame.theme, line) + spacing;
    return std::min(out, ImGui::GetContentRegionAvail().y * 0.55F);
}

void ExperimentResultsPanel::draw_details(const Frame& frame, const Row& row) {
    const Theme& theme = frame.theme;
    const ImVec2 at = ImGui::GetCursorScreenPos(), window = ImGui::GetWindowPos();
    ImGui::GetWindowDrawList()->AddLine({window.x + 1, at.y}, {window.x + ImGui::GetWindowWidth() - 1, at.y},
                                        pack(theme.colours.line));
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(theme.px(8), theme.px(2)));
    ImGui::BeginChild("##details", {0, 0}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
    ImGui::Dummy({0, theme.px(2)});
    for (const std::string& line : details_of(row)) small_text(theme, line, theme.colours.secondary);
    ImGui::EndChild();
    ImGui::PopStyleVar();
}

}  // namespace

std::unique_ptr<Panel> make_experiment_results_panel(Textures& /*textures*/) {
    return std::make_unique<ExperimentResultsPanel>();
}

}  // namespace gatescope
