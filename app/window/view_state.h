#pragma once
// What the user looks at: shared by all panels, so that choosing anywhere shows everywhere. Plain data, kept between
// starts (view_settings.h).

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/window/experiments_view.h"
#include "app/window/lab_view.h"
#include "app/window/spectra_view.h"
#include "app/window/theme.h"
#include "app/window/training_view.h"

namespace gatescope {

enum class LayoutId { kBrowse, kGates, kSpectra, kRuns, kTraining, kExperiments, kCaptures };
enum class TokenTint { kAttention, kLoss, kGateA, kGateB };

struct HeadPlace {
    std::int64_t layer = 0, head = 0;
    auto operator<=>(const HeadPlace&) const = default;
};

// Under the pointer, in any panel. Panels read what the frame before found and write into Requests::hover.
struct Hover {
    std::optional<std::int64_t> query, key;
    std::optional<HeadPlace> head;
    bool operator==(const Hover&) const = default;
};

struct ViewState {
    LayoutId layout = LayoutId::kBrowse;
    ThemeKind theme = ThemeKind::kDark;
    HeadPlace selected;        // layer and head numbers of the model
    std::set<HeadPlace> also;  // more heads, chosen with shift
    std::int64_t window = 0;   // of the text
    std::string metric = "mass_at_k";
    std::int32_t k = 64;
    std::string colours = "viridis";
    bool logarithmic = true;
    // Over the attention map, where a gate is set: keys that both keep, one alone, neither.
    bool show_marks = true, show_both = true, show_only_a = true, show_only_b = true, show_missed = true;
    int metric_slot = 0;           // whose agreement the head map shows: 0 A, 1 B
    int loss_slot = 1;             // whose tokens are listed
    bool loss_all_windows = true;  // of all windows done, not of the shown one
    bool tried_by_sparsity = false;
    TokenTint tint = TokenTint::kAttention;
    std::int64_t query = -1;  // outlined token; -1: the last one of the window
    Hover hover;
    bool frame_times = false;  // F12
    // What a slot goes back to when it is switched on again.
    std::array<std::string, 2> last_gate = {"oracle:k=64", "window:sinks=4,local=60"};
    std::map<std::string, float> shares;  // of the splits that were moved, by their id
    LabView lab;
    SpectraView spectra;
    TrainingView training;
    ExperimentsView experiments;
    std::vector<std::string> recent_models, recent_texts, recent_captures;  // newest first
};

// The query that the side facts and the tints are about: the hovered one, else the outlined one, else the last.
inline std::int64_t query_in_view(const ViewState& view, std::int64_t tokens) {
    const std::int64_t wish = view.hover.query.value_or(view.query < 0 ? tokens - 1 : view.query);
    return wish < tokens ? wish : tokens - 1;
}

}  // namespace gatescope
