#pragma once
// Weight kernels of every head of one or many checkpoints, and what a head's components do. Plain results, no torch.

#include <memory>
#include <string>
#include <vector>

#include "analysis/results.h"

namespace gatescope {

// One checkpoint of a survey.
struct ModelSpectra {
    std::string name;  // unique in its survey: the group's name in a capture
    std::shared_ptr<const ModelSummary> model;
    IndexSet layers, heads;  // whose rows and columns the grids have
    std::shared_ptr<const Spectra> spectra;
};

struct SpectraSurvey {
    std::uint64_t id = 0;  // changes whenever anything in here does
    SpectraRequest request;
    std::vector<std::shared_ptr<const ModelSpectra>> models;  // those that are done, in the order asked for
    std::string command, created;
    bool complete = false;
};

// A token of the vocabulary and how much its embedding, as the layer would see it, loads on a side: x times the side's
// direction, which may be negative.
struct LoadedToken {
    std::int32_t id = 0;
    std::string piece;  // its bytes
    float loading = 0;
};

// One side of a routing plane or a filtering axis: the tokens that load most on it, descending.
using ComponentSide = std::vector<LoadedToken>;

// x_i W x_j^T, a raw kernel acting on the layer's attention input x, is a sum over components.
// Routing: s (a_i b_j - b_i a_j) of a plane with orthonormal directions u, v, a = x.u, b = x.v, s > 0 one of a pair of
// equal skew values. Each side attends to the next: queries at +u to keys at +v, those at +v to -u, -u to -v, -v to +u;
// keys a quarter turn the other way are shunned. A plane's basis is free to turn: u is where the vocabulary's loadings
// vary most, its sign such that the largest of them is positive; v follows.
// Filtering: l a_i a_j of an axis w, a = x.w, l an eigenvalue: like attends to like where l > 0, to its opposite where
// l < 0. The sign of w is such that the vocabulary's largest loading is positive.
struct HeadComponent {
    bool routing = true;
    float value = 0;                             // s, or l
    float share = 0;                             // of its part's summed squares; a plane counts both of its pair
    std::vector<std::vector<float>> directions;  // plane: u, v; axis: w. d_model values each
    std::vector<ComponentSide> sides;            // plane: +u, +v, -u, -v; axis: +, -
    std::vector<std::array<float, 2>> tokens;    // of the window: (a, b); of an axis (a, 0). Empty without a text
};

struct ComponentsRequest {
    std::int64_t layer = 0, head = 0;
    std::int64_t delta = 0;    // as SpectraRequest's
    std::int64_t window = 0;   // of the text
    std::int64_t count = 6;    // planes, and axes
    std::int64_t tokens = 12;  // a side
    bool operator==(const ComponentsRequest&) const = default;
};

struct HeadComponents {
    std::uint64_t id = 0;  // changes whenever anything in here does
    ComponentsRequest request;
    float skew_fraction = 0;                  // of the raw kernel at this offset: 1 all routing, 0 all filtering
    std::vector<HeadComponent> planes, axes;  // leading first, by magnitude
    std::vector<std::int32_t> ids;            // of the window whose tokens are projected; empty without a text
};

}  // namespace gatescope
