#include "app/window/experiment_actions.h"

#include <filesystem>

#include "app/window/file_fields.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

std::string beside(const std::string& now) {
    std::error_code ignored;
    return now.find('/') == std::string::npos ? (fs::current_path(ignored) / "").string() : now;
}

void pick(Frame& frame, FileWish wish) {
    frame.requests.file = std::move(wish);
    frame.requests.dialog = Dialog::kPickFile;
}

// One that is on the list already is shown; the follower shows a new one once it is there.
void open_experiment(const Frame& frame, const std::string& path) {
    if (const SharedExperiment there = experiment_in(frame.snapshot.experiments, path)) {
        ExperimentsView& view = frame.view.experiments;
        view.experiment = there->result->plan->setting.experiment;
        view.shown[view.experiment] = there->folder;
        frame.view.layout = LayoutId::kExperiments;
        return;
    }
    frame.send(OpenExperiment{path});
}

std::string capture_of(const ExperimentView& experiment) {
    return experiment.from_capture ? experiment.folder : (fs::path(experiment.folder) / "experiment.h5").string();
}

std::function<bool(const Frame&)> shown_that(bool (*holds)(const ExperimentView&)) {
    return [holds](const Frame& frame) {
        const SharedExperiment shown = experiment_of_page(frame);
        return shown != nullptr && holds(*shown);
    };
}

bool any(const ExperimentView&) {
    return true;
}

}  // namespace

SharedExperiment experiment_of_page(const Frame& frame) {
    const ExperimentsView& view = frame.view.experiments;
    return shown_experiment(frame.snapshot.experiments, view, page_of(view).id);
}

void start_experiment(Frame& frame) {
    ExperimentsView& view = frame.view.experiments;
    const ExperimentInfo& info = page_of(view);
    ExperimentDraft& draft = draft_of_page(view);
    Checked<StartExperiment> checked = check_experiment(frame.snapshot, info, draft);
    if (!checked.why_not.empty()) return;
    draft.overwrite = false;  // of this one time
    view.shown[info.id] = checked.command.folder;
    frame.requests.notice = "Queued: " + info.label;
    frame.send(std::move(checked.command));
}

void close_experiment(Frame& frame, const ExperimentView& experiment) {
    frame.send(CloseExperiment{experiment.folder});
    frame.requests.notice = "Off the list; it is kept in " + experiment.folder;
}

void open_runs_of(Frame& frame, const ExperimentView& experiment) {
    frame.send(OpenRuns{experiment.folder});
    frame.view.layout = LayoutId::kTraining;
}

void choose_experiment_folder(Frame& frame) {
    pick(frame, {.title = "Open an experiment",
                 .hint = "Its folder: what is there is shown, and it can be gone on with",
                 .extensions = {},
                 .now = beside({}),
                 .picked = open_experiment,
                 .purpose = PickPurpose::kFolder});
}

void choose_experiment_capture(Frame& frame) {
    pick(frame, {.title = "Open an experiment's capture",
                 .hint = "experiment.h5, with its table and figure",
                 .extensions = {".h5", ".hdf5"},
                 .now = beside({}),
                 .picked = open_experiment});
}

void choose_experiment_model(Frame& frame) {
    pick(frame, {.title = "Run the experiment on a model",
                 .hint = "A folder with config.json, or a file of weights",
                 .extensions = {},
                 .now = beside(draft_of_page(frame.view.experiments).model),
                 .picked =
                     [](const Frame& then, const std::string& path) {
                         ExperimentsView& view = then.view.experiments;
                         choose_model(page_of(view), path, draft_of_page(view));
                     },
                 .models = true});
}

void choose_experiment_text(Frame& frame) {
    pick(frame, {.title = "Choose a text",
                 .hint = "Trained on; a part of its documents is held out and measured on",
                 .extensions = {},
                 .now = beside(draft_of_page(frame.view.experiments).text),
                 .picked = [](const Frame& then, const std::string& path) {
                     draft_of_page(then.view.experiments).text = path;
                 }});
}

void choose_experiment_target(Frame& frame) {
    pick(frame, {.title = "Choose a folder for the experiment",
                 .hint = "It may be new",
                 .extensions = {},
                 .now = beside(draft_of_page(frame.view.experiments).folder),
                 .picked = [](const Frame& then,
                              const std::string& path) { draft_of_page(then.view.experiments).folder = path; },
                 .purpose = PickPurpose::kFolder});
}

void export_experiment_figure(Frame& frame) {
    const SharedExperiment shown = experiment_of_page(frame);
    if (shown == nullptr) return;
    const fs::path place = fs::path(capture_of(*shown)).parent_path();
    pick(frame, {.title = "Export the figure",
                 .hint = "As .pdf, .svg or .png, drawn by Python's matplotlib as papers have it",
                 .extensions = {".pdf", ".svg", ".png"},
                 .now = (place / (page_of(frame.view.experiments).id + ".pdf")).string(),
                 .picked =
                     [capture = capture_of(*shown)](const Frame& then, const std::string& path) {
                         // The dialog's button has said that it overwrites.
                         then.send(ExportFigure{capture, "experiment", path, path_exists(path)});
                     },
                 .purpose = PickPurpose::kSave});
}

std::vector<Action> experiment_actions() {
    std::vector<Action> out;
    const auto add = [&](std::string id, std::string label, std::string help, std::function<void(Frame&)> run,
                         std::function<bool(const Frame&)> possible) {
        out.push_back(
            {std::move(id), std::move(label), std::move(help), 0, false, std::move(run), std::move(possible)});
    };
    for (const ExperimentInfo& info : experiments())
        add("experiment-" + info.id, "Experiment: " + info.label, info.question,
            [id = info.id](Frame& frame) {
                frame.view.experiments.experiment = id;
                frame.view.layout = LayoutId::kExperiments;
            },
            {});
    add("experiment-start", "Start the experiment", "As the form of Experiments says", start_experiment,
        [](const Frame& frame) {
            ExperimentsView& view = frame.view.experiments;
            return check_experiment(frame.snapshot, page_of(view), draft_of_page(view)).why_not.empty();
        });
    add(
        "experiment-stop", "Stop the experiment", "What is done stays; it can be gone on with",
        [](Frame& frame) { frame.send(StopExperiment{experiment_of_page(frame)->folder}); }, shown_that(is_active));
    add(
        "experiment-resume", "Go on with the experiment", "Steps that are done are kept",
        [](Frame& frame) { frame.send(ResumeExperiment{experiment_of_page(frame)->folder}); }, shown_that(can_go_on));
    add("experiment-open", "Open an experiment's folder…", "Shows its table and figure", choose_experiment_folder, {});
    add("experiment-capture", "Open an experiment's capture…", "Shows its table and figure", choose_experiment_capture,
        {});
    add("experiment-figure", "Export the experiment's figure…", "As .pdf, .svg or .png", export_experiment_figure,
        shown_that(any));
    add(
        "experiment-runs", "Open the experiment's runs", "In the layout Training",
        [](Frame& frame) { open_runs_of(frame, *experiment_of_page(frame)); },
        shown_that([](const ExperimentView& experiment) { return !experiment.from_capture; }));
    add(
        "experiment-remove", "Take the experiment off the list", "Its folder stays",
        [](Frame& frame) { close_experiment(frame, *experiment_of_page(frame)); }, shown_that(any));
    return out;
}

}  // namespace gatescope
