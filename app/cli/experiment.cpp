#include <unistd.h>

#include <algorithm>

#include "analysis/experiments/experiments.h"
#include "app/cli/experiment_drive.h"
#include "app/cli/experiment_json.h"
#include "app/cli/experiment_options.h"
#include "app/cli/experiment_report.h"
#include "app/cli/job.h"
#include "app/cli/progress_line.h"
#include "app/cli/verb.h"
#include "app/cli/way_on.h"
#include "app/engine/command_line.h"
#include "app/engine/experiments/experiment_estimate.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/experiments/experiment_table.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// Of the table: as wide as the terminal, within what reads well.
std::size_t page_width() {
    constexpr std::size_t kUsual = 110, kLeast = 80, kMost = 120;
    return isatty(STDOUT_FILENO) == 1 ? std::clamp(terminal_width(STDOUT_FILENO), kLeast, kMost) : kUsual;
}

std::string resume_command(const std::string& folder, const ExperimentOptions& options) {
    return "gatescope experiment --resume " + shell_quoted(folder) + machine_words(options.common);
}

ExperimentRequest request_of(const ExperimentOptions& options, ExperimentMode mode) {
    ExperimentRequest request;
    request.wish = device_wish(options.common);
    request.resume = mode == ExperimentMode::kResume;
    request.overwrite = options.common.force;
    request.folder = request.resume ? options.resume : folder_of(options);
    if (!request.resume) request.setting = setting_of(options);
    return request;
}

void print_result(const ExperimentResult& result, const std::string& folder, const ExperimentOptions& options,
                  Console& console) {
    if (options.common.json)
        console.print(experiment_json(result, folder).dump(2) + "\n");
    else
        console.print(experiment_text(find_experiment(result.plan->setting.experiment), result, page_width()));
}

// What was written, and how its figure is drawn.
std::string closing_words(const std::filesystem::path& folder, const std::string& experiment) {
    const std::string place = folder.string();
    return "\nwrote   " + (folder / "table.md").string() + " and " + capture_of_experiment(folder).string() +
           "\nfigure  gatescope figure " + shell_quoted(place) + " experiment --out " + experiment + ".pdf\n";
}

int drive(const ExperimentOptions& options, ExperimentMode mode, Console& console) {
    const ExperimentRequest request = request_of(options, mode);
    const std::string folder = request.folder.string();
    ExperimentEnd end;
    {
        TerminalJob job(console);
        end = drive_experiment(request, console, job.context());
    }
    const ExperimentResult& result = *end.view->result;
    print_result(result, folder, options, console);
    if (!options.common.json && !options.common.quiet && !end.failure)
        console.print(closing_words(request.folder, result.plan->setting.experiment));
    const std::string way_on = resume_command(folder, options) + " goes on";
    if (end.interrupted) console.warn("interrupted; what was done is in " + folder + ", and " + way_on);
    if (end.failure) {
        console.finish();
        throw_with_way_on(end.failure, way_on);
    }
    return end.interrupted ? 130 : 0;
}

int estimate(const ExperimentOptions& options, Console& console) {
    const ExperimentSetting setting = setting_of(options);
    const DeviceWish wish = device_wish(options.common);
    ExperimentPlan plan;
    std::vector<double> seconds;
    {
        TerminalJob job(console);
        plan = plan_of_setting(setting, folder_of(options), job.context());
        seconds = expected_seconds(plan, wish, job.context());
    }
    const PlannedExperiment planned{plan, seconds, folder_of(options)};
    if (options.common.json)
        console.print(plan_json(planned).dump(2) + "\n");
    else
        console.print(plan_text(planned, page_width()) + "\n" + steps_text(planned));
    return 0;
}

int show(const ExperimentOptions& options, Console& console) {
    const std::filesystem::path path = options.show;
    if (std::filesystem::is_directory(path)) {
        const auto view = view_of_experiment(path);
        for (const std::string& warning : view->warnings) console.warn(warning);
        print_result(*view->result, path.string(), options, console);
        return 0;
    }
    if (!is_experiment(path))
        throw Failure(FailureKind::kUsage, "is a capture, but not of an experiment", path.string(),
                      "name an experiment's folder, or its experiment.h5");
    const auto result = read_experiment(path);
    print_result(*result, result->plan->folder, options, console);
    return 0;
}

int list(const ExperimentOptions& options, Console& console) {
    console.print(options.common.json ? experiment_list_json().dump(2) + "\n" : experiment_list(page_width()));
    return 0;
}

int run(const ExperimentOptions& options, Console& console) {
    apply(options.common, console);
    const ExperimentMode mode = mode_of(options);
    switch (mode) {
        case ExperimentMode::kList:
            return list(options, console);
        case ExperimentMode::kShow:
            return show(options, console);
        case ExperimentMode::kEstimate:
            return estimate(options, console);
        case ExperimentMode::kStart:
        case ExperimentMode::kResume:
            break;
    }
    return drive(options, mode, console);
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<ExperimentOptions>();
    add_experiment(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb experiment_verb() {
    return {"experiment", "Run an experiment of the routing-absorption paper, and see it beside the paper's numbers.",
            "gatescope experiment soft-gating --quick --out experiments/soft-gating", declare};
}

}  // namespace gatescope
