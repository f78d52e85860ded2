#include "app/window/dialogs/model_preview.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/engine/size_text.h"
#include "app/window/widgets/controls.h"
#include "app/window/widgets/text.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

struct Row {
    std::string label, value;
    bool alarming = false;
    std::string help = {};
};

float row_height(const Frame& frame) {
    return frame.theme.small_size() + frame.px(6);
}

// The label at the left, the value at the right edge in fixed digits, cut where it is too long.
void draw_row(const Frame& frame, const Row& row) {
    const Theme& theme = frame.theme;
    const ImVec2 at = ImGui::GetCursorPos();
    const float width = ImGui::GetContentRegionAvail().x;
    secondary_text(theme, row.label);
    const float label = ImGui::GetItemRectSize().x + frame.px(12);
    ImGui::PushFont(theme.fonts.mono, theme.small_size());
    const std::string shown = fitted(row.value, width - label);
    ImGui::SetCursorPos({at.x + width - ImGui::CalcTextSize(shown.c_str()).x, at.y});
    coloured_text(row.alarming ? theme.colours.warning : theme.colours.text, shown);
    ImGui::PopFont();
    tooltip(theme, row.help.empty() && shown != row.value ? row.value : row.help);
    ImGui::SetCursorPos(at);
    ImGui::Dummy({width, row_height(frame)});
}

void draw_rows(const Frame& frame, const std::vector<Row>& rows) {
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(0, 0));
    for (const Row& row : rows) draw_row(frame, row);
    ImGui::PopStyleVar();
}

std::string times(std::int64_t a, std::int64_t b) {
    return grouped(a) + " × " + grouped(b);
}

std::string positions_text(const ModelConfig& config) {
    return grouped(config.n_ctx) + (config.learned_positions ? ", learned" : ", rotary");
}

Row tensors_row(const ModelPreview& preview) {
    std::string value = preview.tensors_unused == 0 ? "all used" : grouped(preview.tensors_unused) + " unused";
    if (preview.tensors_odd > 0) value = grouped(preview.tensors_odd) + " of odd shape, " + value;
    if (preview.tensors_missing > 0) value = grouped(preview.tensors_missing) + " missing, " + value;
    return {"Tensors", value, preview.tensors_missing + preview.tensors_odd > 0};
}

Row tokenizer_row(const ModelPreview& preview) {
    if (preview.tokenizer_size == 0) return {"Tokenizer", "none", true, preview.no_tokenizer};
    return {"Tokenizer", preview.summary->tokenizer + ", " + grouped(preview.tokenizer_size) + " pieces"};
}

std::vector<Row> facts(const ModelPreview& preview) {
    const ModelSummary& summary = *preview.summary;
    const ModelConfig& config = summary.config;
    return {{"Parameters", grouped(static_cast<std::int64_t>(summary.parameter_count))},
            {"Size on disk", size_text(summary.size_bytes)},
            {"Weights", summary.weight_dtypes},
            {"Layers × heads", times(config.n_layers, config.n_heads)},
            {"Key/value heads", grouped(config.n_kv_heads)},
            {"Width of the model", grouped(config.d_model)},
            {"Width of a head", grouped(config.d_head)},
            {"Vocabulary", grouped(config.d_vocab)},
            {"Positions", positions_text(config)},
            tokenizer_row(preview),
            tensors_row(preview)};
}

// The labels of facts(), while there are no values.
std::vector<Row> blank_facts() {
    std::vector<Row> out;
    for (const char* label :
         {"Parameters", "Size on disk", "Weights", "Layers × heads", "Key/value heads", "Width of the model",
          "Width of a head", "Vocabulary", "Positions", "Tokenizer", "Tensors"})
        out.push_back({label, ""});
    return out;
}

void draw_title(const Frame& frame, const std::string& name, const std::string& about) {
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushFont(frame.theme.fonts.strong, frame.theme.text_size());
    fitted_text(frame.theme, name, width, frame.theme.colours.text);
    ImGui::PopFont();
    secondary_text(frame.theme, about);
    ImGui::Dummy({0, frame.px(2)});
}

std::string about(const ModelPreview& preview) {
    const ModelSummary& summary = *preview.summary;
    return preview.family_label + (summary.config.causal ? ", a decoder" : ", an encoder") + ", " + summary.format;
}

void wrapped(const std::string& text, const ImVec4& colour) {
    ImGui::PushTextWrapPos(0);
    coloured_text(colour, text);
    ImGui::PopTextWrapPos();
}

void draw_middle(const Frame& frame, const std::string& text) {
    const ImVec2 room = ImGui::GetContentRegionAvail(), at = ImGui::GetCursorPos();
    const float wrap = std::min(room.x, frame.px(220));
    const ImVec2 size = ImGui::CalcTextSize(text.c_str(), nullptr, false, wrap);
    ImGui::SetCursorPos({at.x + (room.x - size.x) / 2, at.y + (room.y - size.y) / 2});
    ImGui::PushTextWrapPos(at.x + (room.x + size.x) / 2 + 1);
    coloured_text(frame.theme.colours.secondary, text);
    ImGui::PopTextWrapPos();
}

std::string tokens_text(std::int64_t count) {
    return grouped(count) + " tokens";
}

std::vector<Row> memory_rows(const MemoryReport& memory) {
    std::vector<Row> out = {
        {"Weights in float32", size_text(memory.weights_float32)},
        {"Weights in bfloat16", size_text(memory.weights_bfloat16)},
        {"At work, windows of " + tokens_text(memory.wish.window_length), size_text(memory.needs.working)},
        {"Needed in " + memory.wish.dtype, size_text(memory.needs.total()), !memory.fits},
        {memory.there.device == "cpu" ? "Free memory" : "Free on " + memory.there.device,
         memory.there.bytes == 0 ? "unknown" : size_text(memory.there.bytes)}};
    if (!memory.fits && memory.there.open_model > 0)
        out.push_back({"Held by the open model", size_text(memory.there.open_model)});
    return out;
}

OpenModel command_of(const std::string& path, const MemoryOffer& offer) {
    return {path, offer.wish.dtype, offer.wish.window_length, false, offer.close_first};
}

std::string label_of(const MemoryOffer& offer, const MemoryWish& wish) {
    const bool other_type = offer.wish.dtype != wish.dtype, shorter = offer.wish.window_length != wish.window_length;
    if (!other_type && !shorter) return "Close the open model first";
    std::string out = "Open ";
    if (other_type) out += "as " + offer.wish.dtype + (shorter ? ", " : "");
    if (shorter) out += "with windows of " + tokens_text(offer.wish.window_length);
    return out + (offer.close_first ? ", closing the open model" : "");
}

}  // namespace

std::string room_text(const MemoryReport& memory) {
    const bool beside =
        !memory.offers.empty() && memory.offers.front().close_first && memory.offers.front().wish == memory.wish;
    if (beside)
        return "It needs " + size_text(memory.needs.total()) + " beside the open model's " +
               size_text(memory.there.open_model) + ", and " + size_text(memory.there.bytes) +
               " are left. Close that one first?";
    return "Too large as it is set: it needs " + size_text(memory.needs.total()) + ", and " +
           size_text(memory.there.bytes) + " are there." +
           (memory.offers.empty() ? " Neither bfloat16 nor shorter windows are enough." : "");
}

float memory_height(const Frame& frame, const MemoryReport& memory) {
    return static_cast<float>(memory_rows(memory).size()) * row_height(frame) + frame.px(16);
}

void draw_memory(const Frame& frame, const MemoryReport& memory) {
    const Theme& theme = frame.theme;
    draw_rows(frame, memory_rows(memory));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float width = ImGui::GetContentRegionAvail().x, height = frame.px(5);
    const double share = memory.there.bytes == 0
                             ? 0
                             : static_cast<double>(memory.needs.total()) / static_cast<double>(memory.there.bytes);
    const float filled = width * static_cast<float>(std::clamp(share, 0.0, 1.0));
    ImDrawList* draw = ImGui::GetWindowDrawList();
    const float top = at.y + frame.px(3);
    draw->AddRectFilled({at.x, top}, {at.x + width, top + height}, pack(theme.colours.line), theme.px(2));
    draw->AddRectFilled({at.x, top}, {at.x + std::max(filled, theme.px(2)), top + height},
                        pack(memory.fits ? theme.colours.accent : theme.colours.error), theme.px(2));
    ImGui::Dummy({0, frame.px(10)});
}

float offers_height(const Frame& frame, const MemoryReport& memory) {
    if (memory.fits) return 0;
    const float step = ImGui::GetFrameHeight() + frame.px(4);
    return static_cast<float>(memory.offers.size() + 1) * step;
}

std::optional<OpenModel> draw_offers(const Frame& frame, const ModelPreview& preview) {
    std::optional<OpenModel> taken;
    const float width = ImGui::GetContentRegionAvail().x;
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(frame.px(8), frame.px(4)));
    for (const MemoryOffer& offer : preview.memory.offers)
        if (button(frame.theme, label_of(offer, preview.memory.wish), "Needs " + size_text(offer.needed), width))
            taken = command_of(preview.path, offer);
    if (button(frame.theme, "Weights only", "Opens what its headers say; no text runs on it", width)) {
        taken = OpenModel{preview.path};
        taken->weights_only = true;
    }
    ImGui::PopStyleVar();
    return taken;
}

std::optional<OpenModel> draw_preview(const Frame& frame, const std::string& path) {
    const Theme& theme = frame.theme;
    const std::shared_ptr<const ModelPreview> preview = frame.snapshot.preview;
    if (path.empty()) {
        draw_middle(frame, "Choose a checkpoint to see what is in it.");
        return {};
    }
    if (!preview || preview->path != path) {
        draw_title(frame, last_part(path), "Reading its headers…");
        draw_rows(frame, blank_facts());
        return {};
    }
    if (!preview->error.empty()) {
        draw_title(frame, last_part(path), "Can't be opened");
        wrapped(preview->error, theme.colours.error);
        return {};
    }
    draw_title(frame, preview->summary->name, about(*preview));
    const MemoryReport& memory = preview->memory;
    const std::string verdict = memory.fits ? "There is room for it." : room_text(memory);
    const float below = memory_height(frame, memory) + offers_height(frame, memory) + frame.px(16) +
                        ImGui::CalcTextSize(verdict.c_str(), nullptr, false, ImGui::GetContentRegionAvail().x).y;
    ImGui::BeginChild("##facts", {0, -below}, ImGuiChildFlags_None);
    draw_rows(frame, facts(*preview));
    ImGui::EndChild();
    ImGui::Separator();
    draw_memory(frame, memory);
    wrapped(verdict, memory.fits ? theme.colours.secondary : theme.colours.error);
    if (memory.fits) return {};
    return draw_offers(frame, *preview);
}

}  // namespace gatescope
