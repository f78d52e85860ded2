#include "app/window/training_actions.h"

#include <algorithm>
#include <filesystem>

#include "app/window/recipe_draft.h"
#include "app/window/training_words.h"
#include "model/core/error.h"
#include "model/core/output_file.h"

namespace gatescope {

namespace {

constexpr double kLook = 0.6;  // seconds that a checkpoint is there to be seen while they play

std::vector<std::int64_t> steps_of(const RunView& run) {
    std::vector<std::int64_t> out;
    for (const RunCheckpoint& checkpoint : run.checkpoints) out.push_back(checkpoint.step);
    return out;
}

void write_recipe(const Frame& frame, const std::string& path) {
    TrainingView& view = frame.view.training;
    const CheckedRecipe checked = check_recipe(frame.snapshot, view.recipe);
    try {
        // The dialog's button has said that it overwrites.
        write_output_file(path, print_recipe(checked.command.recipe), true);
    } catch (const Failure& failure) {
        view.problem = failure.what();
        return;
    }
    view.problem.clear();
    view.recipe.source = path;
    frame.requests.notice = "The recipe is in " + path;
}

std::string present_folder() {
    std::error_code ignored;
    return (std::filesystem::current_path(ignored) / "").string();
}

bool has_selected(const Frame& frame) {
    return selected_run(frame) != nullptr;
}
bool has_checkpoints(const Frame& frame) {
    const SharedRun run = selected_run(frame);
    return run != nullptr && !run->checkpoints.empty();
}

}  // namespace

void use_recipe(TrainingView& view, const std::string& path_or_id) {
    try {
        RecipeDraft draft = draft_of(path_or_id);
        draft.folder = view.recipe.folder;
        view.recipe = std::move(draft);
        view.problem.clear();
    } catch (const Failure& failure) {
        view.problem = failure.what();
    }
}

void start_runs(Frame& frame) {
    TrainingView& view = frame.view.training;
    fill_draft(view.recipe);
    CheckedRecipe checked = check_recipe(frame.snapshot, view.recipe);
    if (!checked.why_not.empty()) return;
    view.recipe.overwrite = false;  // of this one time
    view.run.clear();               // the one that trains is followed
    frame.requests.notice = "Queued: " + checked.command.recipe.name;
    frame.send(std::move(checked.command));
}

void choose_recipe(Frame& frame) {
    const std::string& source = frame.view.training.recipe.source;
    frame.requests.file = {
        .title = "Open a recipe",
        .hint = "A JSON file, as `gatescope train --schema` has it",
        .extensions = {".json"},
        .now = source.find('/') == std::string::npos ? present_folder() : source,
        .picked = [](const Frame& then, const std::string& path) { use_recipe(then.view.training, path); }};
    frame.requests.dialog = Dialog::kPickFile;
}

void save_recipe(Frame& frame) {
    fill_draft(frame.view.training.recipe);
    const RecipeDraft& draft = frame.view.training.recipe;
    if (!check_recipe(frame.snapshot, draft).errors.empty()) return;
    frame.requests.file = {.title = "Save the recipe as",
                           .hint = "A JSON file",
                           .extensions = {".json"},
                           .now = present_folder() + (draft.name.empty() ? "recipe" : draft.name) + ".json",
                           .picked = write_recipe,
                           .purpose = PickPurpose::kSave};
    frame.requests.dialog = Dialog::kPickFile;
}

void choose_runs(Frame& frame) {
    frame.requests.file = {.title = "Open runs",
                           .hint = "A run's folder, or one with several",
                           .extensions = {},
                           .now = present_folder(),
                           .picked = [](const Frame& then, const std::string& path) { then.send(OpenRuns{path}); },
                           .purpose = PickPurpose::kFolder};
    frame.requests.dialog = Dialog::kPickFile;
}

void choose_run_folder(Frame& frame) {
    const std::string& now = frame.view.training.recipe.folder;
    frame.requests.file = {
        .title = "Choose a folder for the runs",
        .hint = "It may be new",
        .extensions = {},
        .now = now.empty() ? present_folder() : now,
        .picked = [](const Frame& then, const std::string& path) { then.view.training.recipe.folder = path; },
        .purpose = PickPurpose::kFolder};
    frame.requests.dialog = Dialog::kPickFile;
}

bool can_resume(const RunView& run) {
    return run.status == "paused" || run.status == "stopped" || run.status == "failed";
}

bool can_stop(const RunView& run) {
    return is_active(run);
}

void pause_or_resume(Frame& frame, const RunView& run) {
    if (can_resume(run))
        frame.send(ResumeRun{run.folder});
    else if (is_active(run))
        frame.send(PauseRun{run.folder});
}

void close_run(Frame& frame, const RunView& run) {
    frame.send(CloseRun{run.folder});
    frame.view.training.hidden.erase(run.folder);
    frame.requests.notice = "Off the list; it is kept in " + run.folder;
}

SharedRun selected_run(const Frame& frame) {
    return selected_run(frame.snapshot.runs, frame.view.training.run);
}

std::int64_t wanted_step(const Frame& frame) {
    const SharedRun run = selected_run(frame);
    if (run == nullptr) return -1;
    const TrainingView& view = frame.view.training;
    if (view.asked_run == run->folder && view.asked_step >= 0) return view.asked_step;
    return frame.snapshot.shown_run == run->folder ? frame.snapshot.shown_step : -1;
}

void show_checkpoint(Frame& frame, const RunView& run, std::int64_t step) {
    if (step < 0) return;
    TrainingView& view = frame.view.training;
    view.asked_run = run.folder, view.asked_step = step;
    view.run = run.folder;  // the next one that trains doesn't take the slider
    frame.send(ShowCheckpoint{run.folder, step});
}

void move_checkpoint(Frame& frame, int by) {
    const SharedRun run = selected_run(frame);
    if (run == nullptr || run->checkpoints.empty()) return;
    const std::vector<std::int64_t> steps = steps_of(*run);
    const std::int64_t now = wanted_step(frame);
    const auto after = std::upper_bound(steps.begin(), steps.end(), now);
    const auto at = std::lower_bound(steps.begin(), steps.end(), now);
    std::int64_t next = -1;
    if (by > 0 && after != steps.end()) next = *after;
    if (by < 0 && at != steps.begin()) next = *std::prev(at);
    if (now < 0) next = by > 0 ? steps.front() : steps.back();
    show_checkpoint(frame, *run, next);
}

void go_on_playing(Frame& frame) {
    TrainingView& view = frame.view.training;
    const SharedRun run = selected_run(frame);
    if (!view.playing || run == nullptr || run->checkpoints.empty()) {
        view.playing = false;
        return;
    }
    const std::int64_t now = wanted_step(frame);
    if (now >= run->checkpoints.back().step) {
        view.playing = false;
        return;
    }
    // Seen once the views have followed it.
    const bool there = now < 0 || (frame.snapshot.shown_run == run->folder && frame.snapshot.shown_step == now &&
                                   (frame.derived.grid != nullptr || frame.snapshot.jobs.empty()));
    if (!there) {
        view.shown_since = -1;
        return;
    }
    const double time = ImGui::GetTime();
    if (view.shown_since < 0) view.shown_since = time;
    frame.requests.another_frame = true;
    if (now >= 0 && time - view.shown_since < kLook) return;
    view.shown_since = -1;
    move_checkpoint(frame, 1);
}

std::vector<Action> training_actions() {
    std::vector<Action> out;
    const auto add = [&](std::string id, std::string label, std::string help, int chord,
                         std::function<void(Frame&)> run, std::function<bool(const Frame&)> possible) {
        out.push_back(
            {std::move(id), std::move(label), std::move(help), chord, false, std::move(run), std::move(possible)});
    };
    add("train-start", "Start the runs of the recipe", "As the form of Training says", 0, start_runs,
        [](const Frame& frame) {
            RecipeDraft draft = frame.view.training.recipe;
            fill_draft(draft);
            return check_recipe(frame.snapshot, draft).why_not.empty();
        });
    add("train-recipe", "Open a recipe…", "A JSON file", 0, choose_recipe, {});
    add("train-save", "Save the recipe as…", "The form of Training as a JSON file", 0, save_recipe, {});
    add("train-open", "Open a run folder…", "Shows its runs without training", 0, choose_runs, {});
    add(
        "train-pause", "Pause or resume the selected run", "", 0,
        [](Frame& frame) { pause_or_resume(frame, *selected_run(frame)); },
        [](const Frame& frame) {
            const SharedRun run = selected_run(frame);
            return run != nullptr && (can_resume(*run) || is_active(*run));
        });
    add(
        "train-stop", "Stop the selected run", "With a checkpoint, from which it can be resumed", 0,
        [](Frame& frame) { frame.send(StopRun{selected_run(frame)->folder}); },
        [](const Frame& frame) { return has_selected(frame) && can_stop(*selected_run(frame)); });
    add(
        "train-remove", "Take the selected run off the list", "Its folder stays", 0,
        [](Frame& frame) { close_run(frame, *selected_run(frame)); }, has_selected);
    add(
        "train-play", "Play the checkpoints of the selected run", "Or stop playing", 0,
        [](Frame& frame) { frame.view.training.playing = !frame.view.training.playing; }, has_checkpoints);
    add(
        "train-next", "Next checkpoint of the selected run", "", ImGuiMod_Ctrl | ImGuiKey_RightArrow,
        [](Frame& frame) { move_checkpoint(frame, 1); }, has_checkpoints);
    add(
        "train-previous", "Previous checkpoint of the selected run", "", ImGuiMod_Ctrl | ImGuiKey_LeftArrow,
        [](Frame& frame) { move_checkpoint(frame, -1); }, has_checkpoints);
    return out;
}

}  // namespace gatescope
