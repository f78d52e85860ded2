#include "app/window/panels/panel.h"

namespace gatescope {

const std::vector<PanelInfo>& panel_infos() {
    static const std::vector<PanelInfo> list = {
        {"heads", make_heads_panel},
        {"attention", make_attention_panel},
        {"tokens", make_tokens_panel},
        {"concentration", make_concentration_panel},
        {"perplexity", make_perplexity_panel},
        {"gates", make_gates_panel},
        {"head", make_head_panel},
        {"captures", make_captures_panel},
        {"tried", make_tried_panel},
        {"changes", make_changes_panel},
        {"position", make_position_panel},
        {"distillation", make_distillation_panel},
        {"sweep", make_sweep_panel},
        {"sensitivity", make_sensitivity_panel},
        {"spectrum", make_spectrum_panel},
        {"depth", make_depth_panel},
        {"checkpoints", make_checkpoints_panel},
        {"scatter", make_scatter_panel},
        {"components", make_components_panel},
        {"recipe", make_recipe_panel},
        {"training", make_training_panel},
        {"curves", make_curves_panel},
        {"compare", make_compare_panel},
        {"experiments", make_experiments_panel},
        {"experiment", make_experiment_panel},
        {"figure", make_experiment_figure_panel},
        {"results", make_experiment_results_panel},
    };
    return list;
}

}  // namespace gatescope
