#include <algorithm>
#include <filesystem>

#include "app/window/actions.h"
#include "app/window/bars.h"
#include "app/window/token_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

// Without an ending that says nothing.
std::string shown_name(std::string name, std::size_t longest) {
    const std::string ending = std::filesystem::path(name).extension().string();
    if (ending == ".gguf" || ending == ".safetensors" || ending == ".txt") name.resize(name.size() - ending.size());
    return shortened(name, longest);
}

void draw_recent(const Theme& theme, const std::vector<std::string>& recent,
                 const std::function<void(const std::string&)>& take) {
    if (!recent.empty()) ImGui::Separator();
    for (const std::string& path : recent)
        if (menu_choice(theme, last_part(path) + "##" + path, false, path)) take(path);
}

void draw_model(Frame& frame) {
    const Snapshot& snapshot = frame.snapshot;
    const std::string shown = snapshot.model != nullptr ? shown_name(snapshot.model->name, 32)
                              : snapshot.jobs.empty()   ? "No model"
                                                        : "Opening…";
    std::string about = "Model (Ctrl+O)";
    if (snapshot.model != nullptr)
        about = snapshot.model->architecture + ", " +
                grouped(static_cast<std::int64_t>(snapshot.model->parameter_count)) + " parameters, " +
                snapshot.model->weight_dtypes + (snapshot.weights_only ? ", open without its weights" : "") + "\n" +
                about;
    if (!begin_menu(frame.theme, "##model", shown, about)) return;
    if (menu_choice(frame.theme, "Open…", false, "A folder with config.json, or a file of weights", "Ctrl+O"))
        frame.requests.dialog = Dialog::kOpenModel;
    if (menu_choice(frame.theme, "The sample model", snapshot.settings.model_path == "sample"))
        frame.send(OpenModel{"sample"});
    draw_recent(frame.theme, frame.view.recent_models, [&](const std::string& path) { frame.send(OpenModel{path}); });
    ImGui::EndPopup();
}

void draw_text_menu(Frame& frame) {
    const RunResult* run = frame.snapshot.run.get();
    const bool sample = frame.snapshot.settings.text_path == "sample";
    const std::string shown = sample                                   ? "Wikipedia sample"
                              : run != nullptr && run->text != nullptr ? shown_name(run->text->name, 28)
                                                                       : "No text";
    ImGui::SameLine();
    if (!begin_menu(frame.theme, "##source", shown, "Text (Ctrl+T)")) return;
    if (menu_choice(frame.theme, "Open…", false, "A UTF-8 text file", "Ctrl+T"))
        frame.requests.dialog = Dialog::kOpenText;
    if (menu_choice(frame.theme, "Type in…", false, "Words of your own", "Ctrl+Shift+T"))
        frame.requests.dialog = Dialog::kTypeText;
    if (menu_choice(frame.theme, "The sample text", sample)) frame.send(OpenText{"sample"});
    draw_recent(frame.theme, frame.view.recent_texts, [&](const std::string& path) { frame.send(OpenText{path}); });
    ImGui::EndPopup();
}

void draw_sizes(Frame& frame) {
    const Settings& settings = frame.snapshot.settings;
    ImGui::SameLine();
    if (begin_menu(frame.theme, "##length", formatted("T %lld", static_cast<long long>(settings.window_length)),
                   "Tokens in a window")) {
        for (const std::int64_t length : {64, 128, 256, 512, 1024, 2048, 4096, 8192})
            if (menu_choice(frame.theme, grouped(length) + " tokens", length == settings.window_length))
                frame.send(SetWindows{length, settings.windows});
        ImGui::EndPopup();
    }
    ImGui::SameLine();
    const std::string windows = settings.windows == 0
                                    ? "all windows"
                                    : formatted(settings.windows == 1 ? "%lld window" : "%lld windows",
                                                static_cast<long long>(settings.windows));
    if (begin_menu(frame.theme, "##windows", windows, "Windows of the text that are measured")) {
        for (const std::int64_t count : {1, 2, 4, 8, 16, 32, 64, 128, 0})
            if (menu_choice(frame.theme, count == 0 ? "all" : std::to_string(count), count == settings.windows))
                frame.send(SetWindows{settings.window_length, count});
        ImGui::EndPopup();
    }
}

void draw_device(Frame& frame) {
    const Snapshot& snapshot = frame.snapshot;
    const Settings& settings = snapshot.settings;
    const std::string device = snapshot.device.empty() ? settings.device : snapshot.device;
    const std::string dtype = snapshot.dtype.empty() ? settings.dtype : snapshot.dtype;
    ImGui::SameLine();
    if (!begin_menu(frame.theme, "##device", device + " " + dtype, "Where and in what precision the model runs"))
        return;
    const std::pair<const char*, const char*> devices[] = {
        {"best", "A GPU where there is one, else the CPU"}, {"cpu", "The CPU"}, {"cuda", "The first CUDA GPU"}};
    for (const auto& [id, help] : devices)
        if (menu_choice(frame.theme, id, settings.device == id, help)) frame.send(SetDevice{id, settings.dtype});
    ImGui::Separator();
    const std::pair<const char*, const char*> dtypes[] = {{"float32", "Exact; the reference"},
                                                          {"bfloat16", "Faster, less exact"}};
    for (const auto& [id, help] : dtypes)
        if (menu_choice(frame.theme, id, settings.dtype == id, help)) frame.send(SetDevice{settings.device, id});
    ImGui::EndPopup();
}

void draw_layouts(Frame& frame, float from, float to) {
    float words = 0;
    for (const LayoutInfo& info : layouts()) words += ImGui::CalcTextSize(info.label.c_str()).x;
    // Closer together where there is little room.
    const auto count = static_cast<float>(layouts().size());
    const float around = std::floor(std::clamp((to - from - words) / count, frame.px(6), frame.px(24)));
    const float width = words + count * around;
    const float middle = ImGui::GetWindowWidth() / 2 - width / 2;
    float x = std::clamp(middle, from, std::max(from, to - width));
    for (const LayoutInfo& info : layouts()) {
        const bool chosen = info.id == frame.view.layout;
        ImGui::SameLine(x);
        ImGui::PushStyleColor(ImGuiCol_Button, chosen ? frame.theme.colours.hover : ImVec4(0, 0, 0, 0));
        ImGui::PushStyleColor(ImGuiCol_Border, ImVec4(0, 0, 0, 0));
        ImGui::PushStyleColor(ImGuiCol_Text, chosen ? frame.theme.colours.text : frame.theme.colours.secondary);
        ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(0, ImGui::GetStyle().FramePadding.y));
        const float own = ImGui::CalcTextSize(info.label.c_str()).x + around;
        if (button(frame.theme, info.label, info.help + " (" + chord_text(info.key) + ")", own))
            frame.view.layout = info.id;
        ImGui::PopStyleVar();
        ImGui::PopStyleColor(3);
        x += own;
    }
}

}  // namespace

void draw_top_bar(Frame& frame, const Box& box) {
    const Theme& theme = frame.theme;
    ImGui::SetNextWindowPos(box.from);
    ImGui::SetNextWindowSize(box.size());
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding,
                        ImVec2(theme.px(12), std::round((box.size().y - ImGui::GetFrameHeight()) / 2)));
    ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
    ImGui::Begin("Top bar", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoDocking);
    ImGui::PopStyleVar(2);
    ImGui::AlignTextToFramePadding();
    strong_text(theme, "Gatescope");
    ImGui::SameLine(0, theme.px(16));
    draw_model(frame);
    draw_text_menu(frame);
    draw_sizes(frame);
    draw_device(frame);
    const float left_end = ImGui::GetItemRectMax().x - box.from.x + theme.px(12);
    const bool roomy = box.size().x > theme.px(1400);
    const char* export_label = roomy ? "Export capture…" : "Export…";
    const char* find_label = roomy ? "Find a command  Ctrl K" : "Ctrl K";
    const auto width = [](const char* label) {
        return ImGui::CalcTextSize(label).x + 2 * ImGui::GetStyle().FramePadding.x;
    };
    float right = box.size().x - theme.px(12);
    const float export_at = right - width(export_label), find_at = export_at - theme.px(8) - width(find_label);
    draw_layouts(frame, left_end, find_at - theme.px(12));
    ImGui::SameLine(find_at);
    if (button(theme, std::string(find_label) + "###find", "All commands and their keys (Ctrl+K; F1 for the keys)"))
        frame.requests.dialog = Dialog::kPalette;
    ImGui::SameLine(export_at);
    ImGui::BeginDisabled(frame.run == nullptr);
    if (button(theme, std::string(export_label) + "###export", "Write what is measured into an HDF5 file (Ctrl+E)"))
        frame.requests.dialog = Dialog::kExport;
    ImGui::EndDisabled();
    ImGui::End();
}

}  // namespace gatescope
