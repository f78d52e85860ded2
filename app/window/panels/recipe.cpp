// A recipe: chosen among ours or from a file, changed in its form, and started.
#include <algorithm>

#include "app/window/lab_actions.h"
#include "app/window/panels/panel.h"
#include "app/window/panels/recipe_form.h"
#include "app/window/training_actions.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/panel_frame.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

class RecipePanel : public Panel {
  public:
    void draw(Frame& frame, const Box& box) override {
        fill_draft(frame.view.training.recipe);
        follow(frame);
        begin_panel(frame.theme, box,
                    {"Recipe", "Recipe", "what to train", [&](float& right) { draw_choice(frame, right); }});
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(4)));
        ImGui::BeginChild("##form", {0, -foot_height(frame)}, ImGuiChildFlags_None, ImGuiWindowFlags_NoBackground);
        draw_name(frame);
        draw_recipe_fields(frame, checked_);
        ImGui::EndChild();
        ImGui::PopStyleVar();
        draw_foot(frame);
        end_panel();
    }

  private:
    void follow(const Frame& frame);
    void draw_choice(Frame& frame, float& right);
    static void draw_name(Frame& frame);
    std::string foot_words(const Frame& frame) const;
    float foot_height(const Frame& frame) const;
    void draw_foot(Frame& frame) const;
    void draw_folder(Frame& frame) const;

    CheckedRecipe checked_;
    RecipeDraft draft_;
    std::string line_;    // as a command
    RecipeDraft before_;  // the form before another recipe filled it
    std::uint64_t seen_ = 0;
    bool once_ = false;
};

// Files are looked up when the form or the session changed, not with every frame.
void RecipePanel::follow(const Frame& frame) {
    if (once_ && seen_ == frame.snapshot.id && draft_ == frame.view.training.recipe) return;
    once_ = true;
    seen_ = frame.snapshot.id;
    draft_ = frame.view.training.recipe;
    checked_ = check_recipe(frame.snapshot, draft_);
    line_ = checked_.why_not.empty() ? train_line(draft_, checked_) : "";
}

void RecipePanel::draw_choice(Frame& frame, float& right) {
    TrainingView& view = frame.view.training;
    const std::string shown = last_part(view.recipe.source);
    const float width = std::min(menu_width(frame.theme, shown), right - frame.px(80));
    place_right(right, width, frame.px(8));
    if (!begin_menu(frame.theme, "##recipe", shown, "Fills the form; what was typed into it can be had back", width))
        return;
    const RecipeDraft now = view.recipe;
    for (const OurRecipe& recipe : our_recipes())
        if (menu_choice(frame.theme, recipe.id, recipe.id == view.recipe.source)) use_recipe(view, recipe.id);
    ImGui::Separator();
    if (menu_choice(frame.theme, "Open…", false, "A recipe of your own, a JSON file")) choose_recipe(frame);
    const bool back = !before_.values.empty() &&
                      menu_choice(frame.theme, "Back to the form as it was", false, "Before it was filled last");
    if (back) view.recipe = before_;
    if (!(view.recipe == now)) before_ = now;
    ImGui::EndPopup();
}

// As high as they are.
void draw_notes(const Theme& theme, std::string& notes) {
    ImGui::PushFont(nullptr, theme.small_size());
    const ImVec2 padding = ImGui::GetStyle().FramePadding;
    const float width = ImGui::GetContentRegionAvail().x;
    const float text =
        ImGui::CalcTextSize((notes + " ").c_str(), nullptr, false, width - 2 * padding.x - theme.px(2)).y;
    ImGui::PushStyleColor(ImGuiCol_Text, theme.colours.secondary);
    ImGui::InputTextMultiline("##notes", &notes, {width, text + 2 * padding.y + theme.px(2)},
                              ImGuiInputTextFlags_WordWrap);
    ImGui::PopStyleColor();
    ImGui::PopFont();
    tooltip(theme, "Notes on the recipe, kept with it and with its runs");
}

void RecipePanel::draw_name(Frame& frame) {
    const Theme& theme = frame.theme;
    TrainingView& view = frame.view.training;
    static const FieldErrors none;
    if (!view.problem.empty()) small_text(theme, view.problem, theme.colours.error);
    Form form(theme, std::min(theme.px(128), ImGui::GetContentRegionAvail().x * 0.44F), none);
    form.text("name", "Name", "Of the recipe: names its runs and their folder", view.recipe.name, "recipe");
    draw_notes(theme, view.recipe.notes);
}

std::string RecipePanel::foot_words(const Frame& /*frame*/) const {
    return checked_.why_not.empty() ? checked_.outlook : "Can't start: " + shortened(checked_.why_not, 110);
}

float RecipePanel::foot_height(const Frame& frame) const {
    const float spacing = ImGui::GetStyle().ItemSpacing.y;
    return small_text_height(frame.theme, foot_words(frame)) + 3 * spacing +
           (checked_.exists ? 3.0F : 2.0F) * ImGui::GetFrameHeightWithSpacing() + frame.px(6);
}

void RecipePanel::draw_folder(Frame& frame) const {
    RecipeDraft& draft = frame.view.training.recipe;
    static const FieldErrors none;  // the words below say it
    Form form(frame.theme, frame.px(64), none);
    if (form.path("folder", "Folder",
                  "Where the runs go, each with its curves and checkpoints:\n" + checked_.command.folder, draft.folder,
                  last_part(checked_.command.folder)))
        choose_run_folder(frame);
    if (checked_.exists)
        form.flag("overwrite", "Overwrite", "What this folder holds is replaced by the new runs", draft.overwrite);
}

void RecipePanel::draw_foot(Frame& frame) const {
    const Theme& theme = frame.theme;
    const bool stuck = !checked_.why_not.empty();
    ImGui::GetWindowDrawList()->AddLine(
        {ImGui::GetWindowPos().x + 1, ImGui::GetCursorScreenPos().y},
        {ImGui::GetWindowPos().x + ImGui::GetWindowWidth() - 1, ImGui::GetCursorScreenPos().y},
        pack(theme.colours.line));
    ImGui::Dummy({0, theme.px(2)});
    draw_folder(frame);
    small_text(theme, foot_words(frame), stuck ? theme.colours.warning : theme.colours.secondary);
    ImGui::BeginDisabled(stuck);
    if (button(theme, checked_.exists ? "Overwrite and start###start" : "Start###start",
               stuck ? checked_.why_not : checked_.command.folder, checked_.exists ? 0 : theme.px(76)))
        start_runs(frame);
    ImGui::EndDisabled();
    ImGui::SameLine();
    const bool wrong = !checked_.errors.empty() && !checked_.errors.contains("folder");
    ImGui::BeginDisabled(wrong);
    if (button(theme, "Save as…", "The form as a recipe file, which `gatescope train` takes, too")) save_recipe(frame);
    ImGui::EndDisabled();
    if (stuck) return;
    ImGui::SameLine(0, theme.px(12));
    if (link_button(theme, "Copy as command", line_)) copy_line(frame, line_);
}

}  // namespace

std::unique_ptr<Panel> make_recipe_panel(Textures& /*textures*/) {
    return std::make_unique<RecipePanel>();
}

}  // namespace gatescope
