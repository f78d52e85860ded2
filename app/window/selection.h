#pragma once
// Moves through heads, windows, metrics and k: one set of functions for panels, shortcuts and the palette.

#include "app/window/frame.h"

namespace gatescope {

// With `add`, the head joins those selected already.
void select_head(Frame& frame, const HeadPlace& place, bool add);
// Many at once, instead of those selected or, with `add`, beside them. The selected head stays what it is where it is
// among them, or where there are none.
void select_heads(Frame& frame, const std::vector<HeadPlace>& places, bool add);
// By rows (layers) and columns (heads) of what was analysed, stopping at the edges.
void move_head(Frame& frame, std::int64_t rows, std::int64_t columns, bool add);
void move_window(Frame& frame, std::int64_t by);
void move_query(Frame& frame, std::int64_t by);
// Within the group of the figure shown.
void next_metric(Frame& frame, std::int64_t by);
// The k of the run next above or below the present one.
void move_k(Frame& frame, std::int64_t by);
// Values of k that the run has; powers of two before there is a run.
std::vector<std::int32_t> known_k(const RunResult* run);

void swap_gates(Frame& frame);
void set_gate(Frame& frame, int slot, const std::string& gate);
// Switches a gate off, and on again as it was.
void toggle_gate(Frame& frame, int slot);

// Brings layer, head, window, query and k of the view into what the run has.
void keep_in_range(ViewState& view, const RunResult* run, const Derived& derived);

// What the shown model can't be asked (`why` of analysis/abilities.h), as a sentence begins; empty where it can, or
// while nothing is shown.
std::string inability(const Frame& frame, std::string (*why)(const ModelConfig& model));

ShownGates shown_gates(const Snapshot& snapshot);

}  // namespace gatescope
