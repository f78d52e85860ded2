#include "app/cli/train_runs.h"

#include "app/engine/runs/run_capture.h"
#include "app/engine/runs/run_folder.h"
#include "app/engine/runs/training_run.h"
#include "captures/capture.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

// One run, from its first step or its last checkpoint to its end.
class DrivenRun {
  public:
    DrivenRun(const PlacedRun& place, const TrainRequest& request, const Console& console, JobContext& job)
        : place_(place), request_(request), console_(console), job_(job) {
        const bool begun = request.resume && is_run_folder(place.folder);
        run_ = begun ? TrainingRun::resume(place.folder, request.wish, job)
                     : TrainingRun::start(place.plan, place.folder, request.overwrite, request.wish, job);
        const auto view = run_->view();
        for (const std::string& warning : view->warnings) console_.warn(warning);
        console_.note(view->plan.name + (begun ? ", from step " + std::to_string(view->step) + " on" : "") + " -> " +
                      place.folder.string());
        console_.note(train_title(*view));
        reported_ = begun && view->curve ? view->curve->step.size() : 0;
    }

    // Throws Failure, Cancelled, with the run's steps so far on the disk where that can be.
    void drive() {
        try {
            run_->set_status("running");
            begin_progress();
            for (bool more = true; more;) {
                more = run_->step(job_);
                report();
                job_.tick(static_cast<double>(run_->view()->step - first_step_));
            }
            write_curves();
        } catch (const Cancelled&) {
            stop();
            throw;
        } catch (const Failure& failure) {
            const bool full = failure.kind() == FailureKind::kOutput;
            run_->set_status(full ? "paused" : "failed", failure.what());
            if (!full) keep_curves();
            throw;
        }
    }

    std::shared_ptr<const RunView> view() const { return run_->view(); }

  private:
    // Of the steps that are done here: those of an earlier go took none of this one's time.
    void begin_progress() {
        const auto view = run_->view();
        first_step_ = view->step;
        job_.begin("Training " + view->plan.name, "steps", static_cast<double>(view->plan.steps - first_step_));
    }

    void report() {
        const auto view = run_->view();
        const std::size_t there = view->curve ? view->curve->step.size() : 0;
        for (; reported_ < there; ++reported_) console_.note(train_line(*view, reported_));
    }

    // A job of its own: what was trained gets written, whatever was asked meanwhile.
    void stop() {
        JobContext job;
        run_->set_status("stopped");
        run_->write_checkpoint(job);
        write_curves();
    }

    // Of a run that failed; how it failed is said in any case.
    void keep_curves() const {
        try {
            write_curves();
        } catch (const Failure& failure) {
            console_.warn(failure.what());
        }
    }

    void write_curves() const {
        const auto result = run_->result();
        if (result == nullptr) return;
        RunResult capture = *result;
        capture.command = request_.command;
        JobContext job;
        write_capture(capture, capture_of_run(place_.folder), true, job);
    }

    const PlacedRun& place_;
    const TrainRequest& request_;
    const Console& console_;
    JobContext& job_;
    std::unique_ptr<TrainingRun> run_;
    std::size_t reported_ = 0;
    std::int64_t first_step_ = 0;
};

// One that was killed, or met a full disk, behind its last checkpoint still lacks its capture.
bool is_done(const PlacedRun& run) {
    if (!is_run_folder(run.folder)) return false;
    const auto view = view_of_folder(run.folder);
    return view->status == "done" && capture_is_whole(*view);
}

// Where nothing more can be written, the next run would only fail later.
bool ends_all(FailureKind kind) {
    return kind == FailureKind::kOutput || kind == FailureKind::kResource;
}

class AllRuns {
  public:
    AllRuns(const TrainRequest& request, const Console& console, JobContext& job)
        : request_(request), console_(console), job_(job) {}

    TrainOutcome train() {
        for (const PlacedRun& run : request_.runs)
            if (!train_one(run)) break;
        return std::move(outcome_);
    }

  private:
    // False: there is no going on.
    bool train_one(const PlacedRun& place) {
        if (request_.resume && is_done(place)) {
            outcome_.runs.push_back(view_of_folder(place.folder));
            return true;
        }
        std::unique_ptr<DrivenRun> run;
        try {
            run = std::make_unique<DrivenRun>(place, request_, console_, job_);
            begun_ = true;
            if (request_.runs.size() > 1 && !request_.resume) write_recipe_of_runs(request_.recipe, request_.folder);
            run->drive();
        } catch (const Cancelled&) {
            if (!begun_) throw;
            outcome_.interrupted = true;
        } catch (const Failure& failure) {
            if (!begun_) throw;
            keep(failure, place);
        }
        if (run) outcome_.runs.push_back(run->view());
        return !outcome_.interrupted && !over_;
    }

    void keep(const Failure& failure, const PlacedRun& place) {
        const Failure named = failure.at(place.folder.string());
        over_ = ends_all(failure.kind());
        if (!outcome_.failure)
            outcome_.failure = std::make_exception_ptr(named);
        else
            console_.warn(named.what());
    }

    const TrainRequest& request_;
    const Console& console_;
    JobContext& job_;
    TrainOutcome outcome_;
    bool begun_ = false, over_ = false;
};

}  // namespace

TrainOutcome train_runs(const TrainRequest& request, const Console& console, JobContext& job) {
    return AllRuns(request, console, job).train();
}

}  // namespace gatescope
