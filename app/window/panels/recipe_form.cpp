#include "app/window/panels/recipe_form.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "app/window/widgets/controls.h"
#include "app/window/widgets/form.h"
#include "app/window/widgets/text.h"
#include "misc/cpp/imgui_stdlib.h"

namespace gatescope {

namespace {

std::string help_of(const RecipeField& field) {
    return field.spec.help + (field.unit.empty() ? "" : "\nIn " + field.unit + ".") + "\n" + field.name();
}

void choose_path(Frame& frame, const RecipeField& field) {
    const std::string name = field.name();
    const std::string& now = frame.view.training.recipe.values[name];
    frame.requests.file = {.title = field.spec.label,
                           .hint = field.spec.help,
                           .extensions = {},
                           .now = now.find('/') == std::string::npos ? "" : now,
                           .picked =
                               [name, several = field.several](const Frame& then, const std::string& path) {
                                   std::string& value = then.view.training.recipe.values[name];
                                   value = several && value.find('/') != std::string::npos ? value + "," + path : path;
                               },
                           .models = field.section == "model" || field.spec.key == "tokenizer"};
    frame.requests.dialog = Dialog::kPickFile;
}

void toggle_choice(std::string& value, const std::vector<std::string>& choices, const std::string& choice) {
    const auto holds = [&](const std::string& each) {
        return ("," + value + ",").find("," + each + ",") != std::string::npos;
    };
    std::string out;
    for (const std::string& each : choices)
        if (holds(each) != (each == choice)) out += (out.empty() ? "" : ",") + each;
    value = out;
}

void draw_choices(const Frame& frame, Form& form, const RecipeField& field, std::string& value) {
    std::string shown = value;
    for (std::size_t at = 0; (at = shown.find(',', at)) != std::string::npos; at += 2) shown.replace(at, 1, ", ");
    const auto count = 1 + std::count(value.begin(), value.end(), ',');
    if (field.several && count == std::ssize(field.choices)) shown = "all";
    if (form.begin_choice(field.name(), field.spec.label, help_of(field), shown)) {
        for (const std::string& choice : field.choices) {
            const bool on =
                field.several ? ("," + value + ",").find("," + choice + ",") != std::string::npos : value == choice;
            if (field.several) ImGui::PushItemFlag(ImGuiItemFlags_AutoClosePopups, false);
            if (menu_choice(frame.theme, choice, on)) {
                if (field.several)
                    toggle_choice(value, field.choices, choice);
                else
                    value = choice;
            }
            if (field.several) ImGui::PopItemFlag();
        }
        ImGui::EndPopup();
    }
    form.error(field.name());
}

// The unit stands in the field, at its right end, while there is room.
void draw_unit(const Frame& frame, const RecipeField& field, const std::string& value) {
    if (field.unit.empty()) return;
    const ImVec2 from = ImGui::GetItemRectMin(), to = ImGui::GetItemRectMax();
    ImGui::PushFont(nullptr, frame.theme.small_size());
    const ImVec2 size = ImGui::CalcTextSize(field.unit.c_str());
    ImGui::PopFont();
    const float padding = ImGui::GetStyle().FramePadding.x;
    if (to.x - from.x < ImGui::CalcTextSize(value.c_str()).x + size.x + 4 * padding) return;
    ImGui::GetWindowDrawList()->AddText(frame.theme.fonts.text, frame.theme.small_size(),
                                        {to.x - padding - size.x, std::round((from.y + to.y - size.y) / 2)},
                                        pack(frame.theme.colours.secondary), field.unit.c_str());
}

void draw_field(Frame& frame, Form& form, const RecipeField& field) {
    std::string& value = frame.view.training.recipe.values[field.name()];
    if (!field.choices.empty()) {
        draw_choices(frame, form, field, value);
        return;
    }
    switch (field.spec.kind) {
        case ParamKind::kFlag: {
            bool on = value == "true";
            form.flag(field.name(), field.spec.label, help_of(field), on);
            value = on ? "true" : "false";
            form.error(field.name());
            return;
        }
        case ParamKind::kFile:
            if (form.path(field.name(), field.spec.label, help_of(field), value, print_value(field.spec.initial)))
                choose_path(frame, field);
            return;
        case ParamKind::kInteger:
        case ParamKind::kReal:
        case ParamKind::kText:
            form.text(field.name(), field.spec.label, help_of(field), value, "",
                      [&] { draw_unit(frame, field, value); });
            return;
    }
}

void draw_section(Frame& frame, Form& form, const std::string& section, const CheckedRecipe& checked) {
    const Theme& theme = frame.theme;
    std::set<std::string>& unfolded = frame.view.training.unfolded;
    const bool open = unfolded.contains(section);
    bool titled = false, folds = false;
    for (const RecipeField& field : recipe_fields()) {
        if (field.section != section || !field.applies_to(checked.values)) continue;
        if (!titled) {
            ImGui::Dummy({0, theme.px(2)});
            strong_text(theme, section_label(section));
            titled = true;
        }
        folds |= field.advanced;
        // What is wrong is never out of sight.
        if (!field.advanced || open || checked.errors.contains(field.name())) draw_field(frame, form, field);
    }
    if (!folds) return;
    ImGui::PushFont(nullptr, theme.small_size());
    if (link_button(theme, (open ? "Less###fold " : "More…###fold ") + section, "Fields that seldom need a change")) {
        if (open)
            unfolded.erase(section);
        else
            unfolded.insert(section);
    }
    ImGui::PopFont();
}

// A name, its changes as lines, and a button that takes the arm off.
void draw_arm(Frame& frame, const Form& form, std::size_t at, bool& gone) {
    const Theme& theme = frame.theme;
    ArmDraft& arm = frame.view.training.recipe.arms[at];
    ImGui::PushID(static_cast<int>(at));
    const float side = ImGui::GetFrameHeight();
    ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x - side - theme.px(4));
    ImGui::InputTextWithHint("##name", "name of the arm", &arm.name);
    tooltip(theme, "Of the arm, in charts and as a part of its runs' folders");
    ImGui::SameLine(0, theme.px(4));
    gone = button(theme, "×", "Takes this arm off the list", side);
    const auto lines = 1 + std::count(arm.changes.begin(), arm.changes.end(), '\n');
    const float height = static_cast<float>(lines) * ImGui::GetTextLineHeight() + 2 * ImGui::GetStyle().FramePadding.y;
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    ImGui::InputTextMultiline("##changes", &arm.changes, {-1, height}, ImGuiInputTextFlags_WordWrap);
    if (arm.changes.empty()) {
        const ImVec2 from = ImGui::GetItemRectMin(), padding = ImGui::GetStyle().FramePadding;
        ImGui::GetWindowDrawList()->AddText({from.x + padding.x, from.y + padding.y}, pack(theme.colours.secondary),
                                            "the recipe as it is");
    }
    ImGui::PopFont();
    tooltip(theme, "What this arm has different, one a line: gate.gate=soft-learned. None: the recipe as it is.");
    form.error("arm " + std::to_string(at));
    ImGui::PopID();
}

void draw_arms(Frame& frame, Form& form) {
    const Theme& theme = frame.theme;
    RecipeDraft& draft = frame.view.training.recipe;
    ImGui::Dummy({0, theme.px(2)});
    strong_text(theme, "Arms and seeds");
    if (draft.arms.empty()) small_text(theme, "One arm: the recipe as it is.", theme.colours.secondary);
    for (std::size_t at = 0; at < draft.arms.size(); ++at) {
        bool gone = false;
        draw_arm(frame, form, at, gone);
        if (gone) draft.arms.erase(draft.arms.begin() + static_cast<std::ptrdiff_t>(at--));
    }
    if (button(theme, "Add an arm", "A variant that is trained beside the others"))
        draft.arms.push_back({"arm-" + std::to_string(draft.arms.size() + 1), ""});
    form.text("seeds", "Seeds", "Every arm is trained with each: 0,1,2", draft.seeds);
}

}  // namespace

std::string section_label(const std::string& section) {
    std::string out = section;
    if (!out.empty()) out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
    return out;
}

void draw_recipe_fields(Frame& frame, const CheckedRecipe& checked) {
    Form form(frame.theme, std::min(frame.px(128), ImGui::GetContentRegionAvail().x * 0.44F), checked.errors);
    std::vector<std::string> sections;
    for (const RecipeField& field : recipe_fields())
        if (std::find(sections.begin(), sections.end(), field.section) == sections.end())
            sections.push_back(field.section);
    draw_arms(frame, form);
    for (const std::string& section : sections) draw_section(frame, form, section, checked);
}

}  // namespace gatescope
