#pragma once
// The plot of the scatter: points in their colours and shapes, the one under the pointer, and a rectangle dragged over
// them.

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/window/chart.h"
#include "app/window/frame.h"
#include "app/window/scatter_points.h"

namespace gatescope {

// How the points look; as many as there are.
struct ScatterLook {
    std::vector<ImU32> colours;
    std::vector<std::size_t> shapes;  // of scatter_mark(), by source
    bool haloed = false;
};

// A mark of one of five shapes.
void scatter_mark(ImDrawList* draw, const ImVec2& at, float radius, std::size_t shape, ImU32 colour);

// Heads of checkpoints that no other panel shows.
using ElsewhereHeads = std::set<std::pair<std::string, HeadPlace>>;

class ScatterPlot {
  public:
    // `chart` has the axes, fitted. Selects in the view and in `elsewhere`.
    void draw(Frame& frame, const ImVec2& size, const Scatter& scatter, const Chart& chart, const ScatterLook& look,
              ElsewhereHeads& elsewhere);
    // Of the points, as of the last frame drawn; in their order.
    const std::vector<std::size_t>& selected() const { return selected_; }
    // A rectangle was drawn or heads were added one by one: more than the selected head alone.
    static bool brushed(const Frame& frame, const ElsewhereHeads& elsewhere) {
        return !frame.view.also.empty() || !elsewhere.empty();
    }

  private:
    void place(const Scatter& scatter);
    void find_selected(const Frame& frame, const Scatter& scatter, const ElsewhereHeads& elsewhere);
    void draw_points(const Frame& frame, const Scatter& scatter, const ScatterLook& look, bool brushed) const;
    void ring(const Frame& frame, std::size_t point, const ImVec4& colour) const;
    std::optional<std::size_t> point_at_pointer(const Frame& frame) const;
    void react(Frame& frame, const Scatter& scatter, ElsewhereHeads& elsewhere);
    void point_at(Frame& frame, const Scatter& scatter, bool clicked, ElsewhereHeads& elsewhere) const;
    void take_brush(Frame& frame, const Scatter& scatter, ElsewhereHeads& elsewhere) const;

    std::vector<ImVec2> at_;  // pixels
    std::vector<std::size_t> selected_;
    std::vector<char> is_selected_;
    std::optional<ImVec2> pressed_;  // where the button went down in the plot
};

}  // namespace gatescope
