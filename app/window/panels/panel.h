#pragma once
// A panel draws itself into its box each frame and may keep state of its own (a picture, a draft). The list of panels
// is panels.cpp.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/window/frame.h"
#include "app/window/layouts.h"

namespace gatescope {

class Panel {
  public:
    virtual ~Panel() = default;
    virtual void draw(Frame& frame, const Box& box) = 0;
};

struct PanelInfo {
    std::string id;  // as in layouts
    std::function<std::unique_ptr<Panel>(Textures&)> make;
};
const std::vector<PanelInfo>& panel_infos();

std::unique_ptr<Panel> make_heads_panel(Textures&);
std::unique_ptr<Panel> make_attention_panel(Textures&);
std::unique_ptr<Panel> make_tokens_panel(Textures&);
std::unique_ptr<Panel> make_concentration_panel(Textures&);
std::unique_ptr<Panel> make_perplexity_panel(Textures&);
std::unique_ptr<Panel> make_gates_panel(Textures&);
std::unique_ptr<Panel> make_head_panel(Textures&);
std::unique_ptr<Panel> make_captures_panel(Textures&);
std::unique_ptr<Panel> make_tried_panel(Textures&);
std::unique_ptr<Panel> make_changes_panel(Textures&);
std::unique_ptr<Panel> make_position_panel(Textures&);
std::unique_ptr<Panel> make_distillation_panel(Textures&);
std::unique_ptr<Panel> make_sweep_panel(Textures&);
std::unique_ptr<Panel> make_sensitivity_panel(Textures&);
std::unique_ptr<Panel> make_spectrum_panel(Textures&);
std::unique_ptr<Panel> make_depth_panel(Textures&);
std::unique_ptr<Panel> make_checkpoints_panel(Textures&);
std::unique_ptr<Panel> make_scatter_panel(Textures&);
std::unique_ptr<Panel> make_components_panel(Textures&);
std::unique_ptr<Panel> make_recipe_panel(Textures&);
std::unique_ptr<Panel> make_training_panel(Textures&);
std::unique_ptr<Panel> make_curves_panel(Textures&);
std::unique_ptr<Panel> make_compare_panel(Textures&);
std::unique_ptr<Panel> make_experiments_panel(Textures&);
std::unique_ptr<Panel> make_experiment_panel(Textures&);
std::unique_ptr<Panel> make_experiment_figure_panel(Textures&);
std::unique_ptr<Panel> make_experiment_results_panel(Textures&);

}  // namespace gatescope
