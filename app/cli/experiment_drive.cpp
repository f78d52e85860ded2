#include "app/cli/experiment_drive.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "app/cli/experiment_report.h"
#include "app/engine/experiments/experiment_estimate.h"
#include "app/engine/experiments/experiment_run.h"
#include "app/engine/text_table.h"
#include "app/engine/time_text.h"
#include "captures/capture.h"
#include "captures/experiment_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::size_t kWidth = 110;

class DrivenExperiment {
  public:
    DrivenExperiment(const ExperimentRequest& request, const Console& console, JobContext& job)
        : request_(request), console_(console), job_(job) {
        run_ = request.resume
                   ? ExperimentRun::resume(request.folder, request.wish, job)
                   : ExperimentRun::start(request.setting, request.folder, request.overwrite, request.wish, job);
        for (const auto& [name, outcome] : run_->view()->result->outcomes)
            if (outcome.done) reported_.insert(name);
    }

    // Throws Failure, Cancelled, with what was done on the disk where that can be.
    void drive() {
        try {
            announce();
            run_->set_status("running");
            for (bool more = true; more;) {
                more = run_->step(job_);
                keep_runs();
                if (!more || look_again()) report();
            }
            run_->set_status("done");
            write_experiment_file();
        } catch (const Cancelled&) {
            stop();
            throw;
        } catch (const Failure& failure) {
            run_->set_status(failure.kind() == FailureKind::kOutput ? "stopped" : "failed", failure.what());
            keep_what_is_there();
            throw;
        }
    }

    std::shared_ptr<const ExperimentView> view() const { return run_->view(); }

  private:
    using Clock = std::chrono::steady_clock;

    void announce() {
        const auto view = run_->view();
        for (const std::string& warning : view->warnings) warn_once(warning);
        if (console_.quiet) return;
        const ExperimentPlan& plan = *view->result->plan;
        const std::vector<double> expected = expected_seconds(plan, request_.wish, job_);
        run_->expect(expected);
        console_.note(plan_text({plan, expected, request_.folder.string(), view->result->device}, kWidth));
    }

    // Pictures are made a few times a second.
    bool look_again() {
        constexpr std::chrono::milliseconds kEvery{200};
        const Clock::time_point now = Clock::now();
        if (now - looked_ < kEvery) return false;
        looked_ = now;
        return true;
    }

    void report() {
        const auto view = run_->view();
        for (const std::string& warning : view->warnings) warn_once(warning);
        const std::vector<ExperimentStep>& steps = view->result->plan->steps;
        bool ended = false;
        for (std::size_t n = 0; n < steps.size(); ++n) {
            const auto found = view->result->outcomes.find(steps[n].name);
            if (found == view->result->outcomes.end() || !found->second.done) continue;
            if (!reported_.insert(steps[n].name).second) continue;
            console_.note(step_line(n, *view, found->second));
            ended = true;
        }
        if (ended && view->steps_done < steps.size()) write_experiment_file();
        show_progress(*view);
    }

    // " 3 of 9  Train soft-learned, seed 1   held-out perplexity 48.73   1 min 40 s; 12 min 00 s left"
    static std::string step_line(std::size_t n, const ExperimentView& view, const StepOutcome& outcome) {
        const std::vector<ExperimentStep>& steps = view.result->plan->steps;
        const std::string all = std::to_string(steps.size()), number = std::to_string(n + 1);
        std::size_t widest = 0;
        for (const ExperimentStep& step : steps) widest = std::max(widest, text_width(step.title));
        const std::string& title = steps[n].title;
        std::string out = std::string(all.size() - number.size(), ' ') + number + " of " + all + "  " + title +
                          std::string(widest - text_width(title), ' ') + "  ";
        const std::string words = outcome_words(outcome, steps[n].work);
        out += words + (words.empty() ? "" : ";  ");
        out += outcome.adopted.empty() ? time_text(outcome.seconds) : "taken over from " + outcome.adopted;
        if (view.steps_done < steps.size() && view.seconds_left >= 0)
            out += ", " + time_text(view.seconds_left) + " left";
        return out;
    }

    // The bar is the step's.
    void show_progress(const ExperimentView& view) {
        const std::vector<ExperimentStep>& steps = view.result->plan->steps;
        if (view.steps_done >= steps.size()) return;
        const auto at = std::find_if(steps.begin(), steps.end(),
                                     [&](const ExperimentStep& step) { return step.title == view.at_work; });
        if (at == steps.end()) return;
        const WorkUnits units = units_of(at->work);
        const std::string title =
            std::to_string(at - steps.begin() + 1) + " of " + std::to_string(steps.size()) + "  " + at->title;
        // Pieces have names of their own in between, such as a file that is read. What was done before that took none
        // of this clock's time.
        if (job_.progress().title != title) {
            from_share_ = view.step_share;
            job_.begin(title, units.unit, units.count * (1 - from_share_));
        }
        job_.tick((view.step_share - from_share_) * units.count);
    }

    void warn_once(const std::string& warning) {
        if (warned_.insert(warning).second) console_.warn(warning);
    }

    // A job of its own: what was done gets written, whatever was asked meanwhile.
    void stop() {
        JobContext job;
        run_->set_status("stopped");
        run_->save(job);
        keep_runs();
        write_experiment_file();
    }

    // Of an experiment that failed; how it failed is said in any case.
    void keep_what_is_there() {
        try {
            keep_runs();
            write_experiment_file();
        } catch (const Failure& failure) {
            console_.warn(failure.what());
        }
    }

    void keep_runs() {
        for (const auto& [path, result] : run_->take_captures()) {
            RunResult capture = *result;
            if (capture.command.empty()) capture.command = request_.command;
            JobContext job;
            write_capture(capture, path, true, job);
        }
    }

    void write_experiment_file() const {
        JobContext job;
        write_experiment(*run_->view()->result, capture_of_experiment(request_.folder), true, job);
    }

    const ExperimentRequest& request_;
    const Console& console_;
    JobContext& job_;
    std::unique_ptr<ExperimentRun> run_;
    std::set<std::string> reported_, warned_;
    double from_share_ = 0;
    Clock::time_point looked_ = Clock::now();
};

}  // namespace

std::vector<double> expected_seconds(const ExperimentPlan& plan, const DeviceWish& wish, JobContext& job) {
    const std::vector<bool> there = steps_there(plan);
    if (std::find(there.begin(), there.end(), false) == there.end()) return std::vector<double>(there.size(), 0.0);
    std::vector<double> out = estimate_seconds(plan, wish, job);
    for (std::size_t n = 0; n < out.size(); ++n)
        if (there.at(n)) out[n] = 0;
    return out;
}

ExperimentEnd drive_experiment(const ExperimentRequest& request, const Console& console, JobContext& job) {
    DrivenExperiment experiment(request, console, job);
    ExperimentEnd out;
    try {
        experiment.drive();
    } catch (const Cancelled&) {
        out.interrupted = true;
    } catch (const Failure& failure) {
        out.failure = std::make_exception_ptr(failure);
    }
    out.view = experiment.view();
    return out;
}

}  // namespace gatescope
