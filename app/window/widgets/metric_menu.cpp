#include "app/window/widgets/metric_menu.h"

#include <algorithm>

#include "analysis/metrics/metrics.h"
#include "app/window/widgets/controls.h"

namespace gatescope {

namespace {

// In the order of the registry.
std::vector<std::string> metric_groups() {
    std::vector<std::string> out;
    for (const MetricInfo& info : metric_infos())
        if (std::find(out.begin(), out.end(), info.group) == out.end()) out.push_back(info.group);
    return out;
}

}  // namespace

bool metric_choices(const Theme& theme, std::string& id) {
    bool chosen = false;
    for (const std::string& group : metric_groups()) {
        if (!ImGui::BeginMenu(group.c_str())) continue;
        for (const MetricInfo& info : metric_infos())
            if (info.group == group && menu_choice(theme, info.label, info.id == id, info.help)) {
                id = info.id;
                chosen = true;
            }
        ImGui::EndMenu();
    }
    return chosen;
}

}  // namespace gatescope
