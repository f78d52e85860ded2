#pragma once
// Which panels a layout shows and where: a tree of splits whose shares the user can drag.

#include <map>
#include <string>
#include <vector>

#include "app/window/view_state.h"
#include "imgui.h"

namespace gatescope {

struct LayoutNode {
    std::string id;  // of a panel, or of the split
    bool stacked = false;
    float share = 0.5F;                // of the first child
    std::vector<LayoutNode> children;  // none: a panel; else two
};

struct LayoutInfo {
    LayoutId id;
    std::string name;  // as in settings
    std::string label;
    std::string help;
    ImGuiKey key;
    LayoutNode root;
};
const std::vector<LayoutInfo>& layouts();
const LayoutInfo& layout_info(LayoutId id);
// The name of a panel's window: "Heads" for "heads".
std::string panel_window(const std::string& panel_id);

struct Box {
    ImVec2 from, to;
    ImVec2 size() const { return {to.x - from.x, to.y - from.y}; }
};
struct PlacedPanel {
    std::string id;
    Box box;
};
// The gap between two children, which can be dragged.
struct Splitter {
    std::string id;
    bool stacked = false;
    Box gap, whole;
};
struct Arrangement {
    std::vector<PlacedPanel> panels;
    std::vector<Splitter> splitters;
};
// `shares` by the split's id where the user moved it.
Arrangement arrange(const LayoutNode& root, const Box& box, float gap, const std::map<std::string, float>& shares);

}  // namespace gatescope
