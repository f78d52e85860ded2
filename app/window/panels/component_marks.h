#pragma once
// What the pictures of routing planes and filtering axes share: dots for the window's tokens, labels, arrows.

#include <optional>
#include <string>
#include <vector>

#include "app/window/component_points.h"
#include "app/window/frame.h"
#include "app/window/layouts.h"

namespace gatescope {

// A component of the selected head and how the window's tokens lie on it.
struct ShownComponent {
    const HeadComponent* component = nullptr;
    const ComponentPicture* picture = nullptr;
    const QueryAdds* adds = nullptr;                   // nullptr without tokens
    std::int64_t query = -1;                           // position; -1 without tokens
    const std::vector<std::string>* labels = nullptr;  // of the window's tokens
};

// Dots of `radius` at `at`, tinted by what they add to the query's score; rings around what is hovered anywhere; labels
// of the farthest inside `box`. Reacts: hovering a dot shows it everywhere, a click makes it the query.
void draw_tokens(Frame& frame, const Box& box, const ShownComponent& shown, const std::vector<ImVec2>& at,
                 float radius);

// A part of a circle with a head at its end. Angles in radians, counter-clockwise from the right.
void arc_arrow(ImDrawList* draw, const ImVec2& centre, float radius, float from, float to, ImU32 colour, float weight);
void arrow(ImDrawList* draw, const ImVec2& from, const ImVec2& to, ImU32 colour, float weight);

// A column of tokens in mono type, `title` above it, beside the middle `y`; right-aligned where it ends at `x`.
void side_column(const Frame& frame, const ComponentSide& side, const std::string& title, const ImVec2& middle,
                 const ImVec2& room, bool ends_there);
// The same in one line around the middle.
void side_line(const Frame& frame, const ComponentSide& side, const std::string& title, const ImVec2& middle,
               float width);

// How wide a side's column is.
float side_width(const Theme& theme);

}  // namespace gatescope
