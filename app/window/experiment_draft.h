#pragma once
// The form of an experiment as a request to the engine, or what is wrong with it. Made from experiment_params() and
// experiment_scales(). No Dear ImGui.

#include <string>
#include <vector>

#include "analysis/experiments/experiments.h"
#include "app/window/experiments_view.h"
#include "app/window/lab_requests.h"

namespace gatescope {

// The experiment of the page that is shown.
const ExperimentInfo& page_of(const ExperimentsView& view);
ExperimentDraft& draft_of_page(ExperimentsView& view);

// A form that asks for the same.
ExperimentDraft draft_of_setting(const ExperimentSetting& setting);
// Nothing was typed or chosen yet.
bool is_untouched(const ExperimentDraft& draft);

// Scales that the form offers: with a model those that take one, without it those that train one.
std::vector<const ExperimentScale*> offered_scales(const ExperimentInfo& info, const ExperimentDraft& draft);
// Takes the model, and a scale that goes with it.
void choose_model(const ExperimentInfo& info, const std::string& model, ExperimentDraft& draft);
// The parameters that mean something to this experiment.
std::vector<const ParamSpec*> offered_params(const ExperimentInfo& info);
// What the scale has where nothing is typed: "300", "0,1,2"; "its own" where the experiment chooses.
std::string scale_text(const ExperimentDraft& draft, const std::string& key);
std::string scale_seeds(const ExperimentDraft& draft);

// Errors have a parameter's key, or "seeds", "model", "text", "changes", "folder".
Checked<StartExperiment> check_experiment(const Snapshot& snapshot, const ExperimentInfo& info,
                                          const ExperimentDraft& draft);
std::string suggested_experiment_folder(const std::string& experiment);

}  // namespace gatescope
