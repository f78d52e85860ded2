#include "app/window/selection.h"

#include <algorithm>

#include "app/window/token_text.h"

namespace gatescope {

void select_head(Frame& frame, const HeadPlace& place, bool add) {
    ViewState& view = frame.view;
    if (!add)
        view.also.clear();
    else if (view.also.erase(place) == 0)
        view.also.insert(view.selected);
    view.selected = place;
    view.also.erase(place);
}

void select_heads(Frame& frame, const std::vector<HeadPlace>& places, bool add) {
    ViewState& view = frame.view;
    if (!add) view.also.clear();
    if (places.empty()) return;
    if (add || std::find(places.begin(), places.end(), view.selected) != places.end()) {
        view.also.insert(places.begin(), places.end());
    } else {
        view.selected = places.front();
        view.also.insert(places.begin() + 1, places.end());
    }
    view.also.erase(view.selected);
}

void move_head(Frame& frame, std::int64_t rows, std::int64_t columns, bool add) {
    const Derived& derived = frame.derived;
    if (derived.layers.empty() || derived.heads.empty()) return;
    const std::int64_t row =
        std::clamp<std::int64_t>(derived.row_of(frame.view.selected.layer) + rows, 0, std::ssize(derived.layers) - 1);
    const std::int64_t column = std::clamp<std::int64_t>(derived.column_of(frame.view.selected.head) + columns, 0,
                                                         std::ssize(derived.heads) - 1);
    select_head(frame, {derived.layers[static_cast<std::size_t>(row)], derived.heads[static_cast<std::size_t>(column)]},
                add);
}

void move_window(Frame& frame, std::int64_t by) {
    const std::int64_t windows = window_count(frame.run);
    frame.view.window = std::clamp<std::int64_t>(frame.view.window + by, 0, std::max<std::int64_t>(windows - 1, 0));
}

void move_query(Frame& frame, std::int64_t by) {
    const std::int64_t tokens = token_count(frame.run, frame.view.window);
    if (tokens > 0) frame.view.query = std::clamp<std::int64_t>(query_in_view(frame.view, tokens) + by, 0, tokens - 1);
}

void next_metric(Frame& frame, std::int64_t by) {
    const MetricInfo& now = metric_called(frame.view.metric);
    std::vector<const MetricInfo*> group;
    for (const MetricInfo& info : metric_infos())
        if (info.group == now.group) group.push_back(&info);
    const auto place = std::find(group.begin(), group.end(), &now) - group.begin(), count = std::ssize(group);
    frame.view.metric = group[static_cast<std::size_t>((place + by + count) % count)]->id;
}

std::vector<std::int32_t> known_k(const RunResult* run) {
    if (run != nullptr && run->concentration && !run->concentration->k.empty()) return run->concentration->k;
    std::vector<std::int32_t> out;
    const std::int64_t most = run == nullptr ? 512 : run->request.window_length;
    for (std::int32_t k = 1; k <= most; k *= 2) out.push_back(k);
    return out;
}

void move_k(Frame& frame, std::int64_t by) {
    const std::vector<std::int32_t> known = known_k(frame.run);
    const auto at = std::lower_bound(known.begin(), known.end(), frame.view.k) - known.begin();
    frame.view.k = known[static_cast<std::size_t>(std::clamp<std::int64_t>(at + by, 0, std::ssize(known) - 1))];
}

void swap_gates(Frame& frame) {
    frame.send(SwapGates{});
}

void set_gate(Frame& frame, int slot, const std::string& gate) {
    if (gate != "dense") frame.view.last_gate[static_cast<std::size_t>(slot)] = gate;
    frame.send(SetGate{slot == 0 ? GateSlot::kA : GateSlot::kB, gate});
}

void toggle_gate(Frame& frame, int slot) {
    const Settings& settings = frame.snapshot.settings;
    const std::string& now = slot == 0 ? settings.gate_a : settings.gate_b;
    std::string& last = frame.view.last_gate[static_cast<std::size_t>(slot)];
    const bool on = !now.empty() && now != "dense";
    if (on) last = now;
    set_gate(frame, slot, on ? "dense" : last);
}

void keep_in_range(ViewState& view, const RunResult* run, const Derived& derived) {
    if (derived.layers.empty() || derived.heads.empty()) return;
    if (derived.row_of(view.selected.layer) < 0) view.selected.layer = derived.layers.front();
    if (derived.column_of(view.selected.head) < 0) view.selected.head = derived.heads.front();
    std::erase_if(view.also, [&](const HeadPlace& place) {
        return derived.row_of(place.layer) < 0 || derived.column_of(place.head) < 0;
    });
    const std::int64_t windows = window_count(run);
    if (windows > 0) view.window = std::clamp<std::int64_t>(view.window, 0, windows - 1);
    if (run == nullptr) return;
    if (view.query >= token_count(run, view.window)) view.query = -1;
    const std::vector<std::int32_t> known = known_k(run);
    if (!known.empty()) view.k = std::min(view.k, known.back());
}

std::string inability(const Frame& frame, std::string (*why)(const ModelConfig& model)) {
    const ModelSummary* model = frame.run == nullptr ? frame.snapshot.model.get() : frame.run->model.get();
    std::string out = model == nullptr ? "" : why(model->config);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out;
}

ShownGates shown_gates(const Snapshot& snapshot) {
    if (snapshot.capture == nullptr) return {snapshot.gate_a, snapshot.gate_b};
    ShownGates out;
    std::size_t found = 0;
    for (std::size_t gate = 0; gate < snapshot.capture->gates.size() && found < 2; ++gate, ++found)
        (found == 0 ? out.a : out.b) = gate;
    return out;
}

}  // namespace gatescope
