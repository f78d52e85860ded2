#include "app/window/spectra_actions.h"

#include "app/window/lab_actions.h"
#include "app/window/survey_requests.h"
#include "model/checkpoint/formats.h"

namespace gatescope {

namespace {

bool has_model(const Frame& frame) {
    return frame.snapshot.model != nullptr && frame.snapshot.capture == nullptr;
}
bool runs(const Frame& frame) {
    return has_model(frame) && !frame.snapshot.weights_only && frame.snapshot.run != nullptr &&
           frame.snapshot.run->text != nullptr;
}
bool in_spectra(const Frame& frame) {
    return frame.view.layout == LayoutId::kSpectra;
}

template <typename Choice>
void next(Choice& choice, Choice last) {
    choice = choice == last ? Choice{} : static_cast<Choice>(static_cast<int>(choice) + 1);
}

void next_form(Frame& frame) {
    next(frame.view.spectra.form, KernelForm::kFolded);
}
void next_part(Frame& frame) {
    next(frame.view.spectra.part, SpectrumPartChoice::kActivations);
}
void next_depth(Frame& frame) {
    next(frame.view.spectra.depth, DepthChart::kCapacity);
}
// Values on a logarithmic scale, on a linear one, energy.
void next_values(Frame& frame) {
    SpectraView& view = frame.view.spectra;
    if (view.cumulative)
        view.cumulative = false, view.logarithmic = true;
    else if (view.logarithmic)
        view.logarithmic = false;
    else
        view.cumulative = true;
}
void measure_kernels(Frame& frame) {
    frame.requests.spectra = SpectraRequest{.raw = true, .folded = true};
}
void measure_activations(Frame& frame) {
    frame.requests.spectra = SpectraRequest{.activations = true};
}
void measure_cosines(Frame& frame) {
    frame.requests.spectra = SpectraRequest{.cosines = true};
}

}  // namespace

void choose_survey_model(Frame& frame) {
    const std::vector<std::string> paths = survey_paths(frame.view.spectra);
    frame.requests.file = {"Add a checkpoint",
                           "A folder with config.json, or a file of weights",
                           checkpoint_extensions(),
                           paths.empty() ? frame.snapshot.settings.model_path : paths.back(),
                           [](const Frame& then, const std::string& path) { add_survey_path(then.view.spectra, path); },
                           true};
    frame.requests.dialog = Dialog::kPickFile;
}

void start_survey(Frame& frame) {
    Checked<StartSurvey> checked = check_survey(frame.view.spectra);
    if (checked.why_not.empty()) frame.send(std::move(checked.command));
}

std::vector<Action> spectra_actions() {
    std::vector<Action> out;
    const auto add = [&](std::string id, std::string label, std::string help, int chord,
                         std::function<void(Frame&)> run, std::function<bool(const Frame&)> possible) {
        out.push_back(
            {std::move(id), std::move(label), std::move(help), chord, false, std::move(run), std::move(possible)});
    };
    add("spectrum-part", "Next part of the spectrum", "Whole kernel, routing, filtering, activations", ImGuiKey_S,
        next_part, in_spectra);
    add("spectrum-values", "Spectrum as values or as energy", "Logarithmic, linear, cumulated", ImGuiKey_E, next_values,
        in_spectra);
    add("spectrum-form", "Raw or folded kernels", "Without or with the gain of the norm before them", ImGuiKey_F,
        next_form, in_spectra);
    add("spectrum-depth", "Next chart by depth", "Shares, ranks of checkpoints, rank against capacity", ImGuiKey_W,
        next_depth, in_spectra);
    add(
        "spectra-random", "Random kernels beside the spectra", "What 20 of equal shape have", 0,
        [](Frame& frame) { frame.view.spectra.controls = !frame.view.spectra.controls; }, in_spectra);
    add("spectra-weights", "Measure the spectra of the weights", "Raw and folded", 0, measure_kernels, has_model);
    add("spectra-activations", "Measure the spectra of the activations", "Passes over the text's windows", 0,
        measure_activations, runs);
    add("spectra-cosines", "Measure cosines of attended pairs", "Passes over the text's windows", 0, measure_cosines,
        runs);
    const auto working = [](const Frame& frame) { return job_of(frame.snapshot, "spectra") != nullptr; };
    add(
        "spectra-stop", "Stop measuring spectra", "Keeps what is whole", 0,
        [](Frame& frame) { stop_job(frame, "spectra"); }, working);
    add("survey-add", "Add a checkpoint to the survey…", "Spectra of many checkpoints side by side", 0,
        choose_survey_model, {});
    add("survey-start", "Start the survey", "Weight kernels of every checkpoint of the list", 0, start_survey,
        [](const Frame& frame) {
            return job_of(frame.snapshot, "survey") == nullptr && check_survey(frame.view.spectra).why_not.empty();
        });
    add(
        "survey-stop", "Stop the survey", "Keeps the checkpoints so far", 0,
        [](Frame& frame) { stop_job(frame, "survey"); },
        [](const Frame& frame) { return job_of(frame.snapshot, "survey") != nullptr; });
    add(
        "survey-close", "Close the survey", "", 0, [](Frame& frame) { frame.send(CloseSurvey{}); },
        [](const Frame& frame) { return frame.snapshot.survey != nullptr; });
    return out;
}

}  // namespace gatescope
