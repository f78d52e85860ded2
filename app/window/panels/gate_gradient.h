#pragma once
// Why a hard gate can't be trained end to end through its mask, with the proof measured on the open model.

#include "app/window/chart.h"
#include "app/window/frame.h"

namespace gatescope {

// Gradient norm by layer, one line a gate. Not fitted.
Chart gradient_chart(const std::vector<GateGradient>& gradients, const Theme& theme);
// "Learned: 0 of 1,105,920 values have a gradient; its norm is exactly 0 in every layer."
std::string gradient_words(const GateGradient& gradient);

// Into the rest of the current window.
void draw_gate_gradient(Frame& frame);

}  // namespace gatescope
