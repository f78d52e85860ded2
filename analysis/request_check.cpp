#include "analysis/request_check.h"

#include <algorithm>
#include <span>

#include "analysis/abilities.h"
#include "model/core/error.h"
#include "model/gates/stored_keys.h"

namespace gatescope {
namespace {

Failure refused(const std::string& what, const std::string& where, const std::string& hint) {
    return {FailureKind::kUsage, what, where, hint};
}

void check_numbers(const RunRequest& request) {
    if (request.window_length < 2)
        throw refused("T = " + std::to_string(request.window_length) + " is too short", "window", "T is at least 2");
    if (request.windows < 0)
        throw refused("there are no " + std::to_string(request.windows) + " windows", "windows", "at least 1, or all");
    if (request.masks && request.mask_windows < 1)
        throw refused("no window to keep masks of", "mask windows", "at least 1");
}

void check_text(const ModelConfig& model, const TextWindows& text) {
    if (text.windows.empty()) throw refused("has fewer than 2 tokens", "text " + text.name, "give a longer text");
    for (const std::vector<std::int32_t>& window : text.windows)
        for (const std::int32_t id : window)
            if (id < 0 || id >= model.d_vocab)
                throw refused("token id " + std::to_string(id) + " is out of range", "text " + text.name,
                              "the model has ids 0 to " + std::to_string(model.d_vocab - 1));
}

// A position: "layer 9 does not exist".
void check_index(std::int64_t index, std::int64_t count, const std::string& what) {
    if (index < 0 || index >= count)
        throw refused(what + " " + std::to_string(index) + " does not exist", {},
                      "there are 0 to " + std::to_string(count - 1));
}

}  // namespace

std::vector<std::string> check_request(const RunRequest& request, const ModelConfig& model, const TextWindows& text) {
    check_numbers(request);
    check_text(model, text);
    request.layers.check(model.n_layers, "layers");
    request.heads.check(model.n_heads, "heads");
    check_gates(request.gates, model);
    check_key_sets(request.gates, request, text);
    const std::int64_t longest = longest_window(text, windows_of(request, text));
    if (longest <= model.n_ctx || model.n_ctx == 0) return {};
    const std::string beyond = "T = " + std::to_string(longest) + " is beyond the " + std::to_string(model.n_ctx) +
                               " positions that the model was trained on";
    if (model.learned_positions) throw Failure(FailureKind::kUnsupported, beyond, "window", "give a smaller --window");
    return {beyond};
}

void check_key_sets(const std::vector<GateSpec>& gates, const RunRequest& request, const TextWindows& text) {
    const auto windows = std::span(text.windows).first(static_cast<std::size_t>(windows_of(request, text)));
    for (const GateSpec& gate : gates) check_stored_keys(gate, windows);
}

std::int64_t windows_of(const RunRequest& request, const TextWindows& text) {
    const auto there = static_cast<std::int64_t>(text.windows.size());
    return request.windows == 0 ? there : std::min(request.windows, there);
}

std::int64_t longest_window(const TextWindows& text, std::int64_t windows) {
    std::size_t longest = 0;
    for (std::int64_t n = 0; n < windows; ++n)
        longest = std::max(longest, text.windows[static_cast<std::size_t>(n)].size());
    return static_cast<std::int64_t>(longest);
}

AnalysedHeads analysed_heads(const RunRequest& request, const ModelConfig& model) {
    return {request.layers.members(model.n_layers), request.heads.members(model.n_heads)};
}

void check_place(const ModelConfig& model, const TextWindows& text, std::int64_t window, std::int64_t layer,
                 std::int64_t head) {
    check_index(window, static_cast<std::int64_t>(text.windows.size()), "window");
    check_index(layer, model.n_layers, "layer");
    check_index(head, model.n_heads, "head");
}

}  // namespace gatescope
