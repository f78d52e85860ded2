// Sweeps: point by point on the worker, behind everything else; the capture is written after each on the opener, where
// all of HDF5 is. One that was stopped goes on from its capture.

#include <utility>

#include "analysis/abilities.h"
#include "analysis/sweep.h"
#include "app/engine/conductor.h"
#include "app/engine/earlier_run.h"
#include "captures/capture.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/core/last_part.h"

namespace gatescope {

struct Conductor::SweepJob {
    StartSweep wish;
    RunRequest request;
    LabText place;
    std::shared_ptr<const ModelSummary> summary;  // with its hash
    std::shared_ptr<const RunResult> earlier;
    std::string command;
    std::unique_ptr<Sweep> sweep;
    std::int64_t shown = -1;  // points in the last picture
};

void Conductor::on(const StartSweep& command) {
    require_weights();
    const auto model = board_.latest()->model;
    if (!model) throw nothing_to_run();
    StartSweep wish = command;
    for (GateSpec& gate : wish.request.gates) gate = with_whole_paths(gate);
    check_gates(sweep_run(wish.request).gates, model->config);
    if (const std::string why = why_no_perplexity(model->config); !why.empty())
        throw Failure(FailureKind::kUnsupported, why);
    worker_.cancel_kind("sweep");
    JobTask job = task("sweep", JobPriority::kNormal, "Preparing the sweep", "");
    job.step = [this, wish](JobContext& context) {
        begin_sweep(wish, context);
        return false;
    };
    opener_.submit(std::move(job));
}

// On the opener: the text, the hash and the capture that there is.
void Conductor::begin_sweep(const StartSweep& command, JobContext& context) {
    auto job = std::make_shared<SweepJob>();
    job->wish = command;
    job->request = sweep_run(command.request);
    if (!command.path.empty()) check_capture_target(command.path, true);
    job->place = lab_text(command.request.window_length, command.request.windows, context);
    const auto model = lab_model(job->place);
    auto summary = std::make_shared<ModelSummary>(*model->summary);
    summary->sha256 = weights_sha256(*model->reader, context);
    job->summary = std::move(summary);
    if (!command.overwrite && !command.path.empty()) job->earlier = earlier_run(command.path);
    if (job->earlier) {
        RunPlace place = place_of(*model, job->place.text, job->request);
        place.model = job->summary;
        check_same_place(*job->earlier, place, command.path);
        job->earlier = in_words_of(job->request.gates, *job->earlier);
    }
    RunWords words = lab_words(job->place);
    words.window_length = command.request.window_length;
    words.windows = command.request.windows;
    words.out = command.path.empty() ? "sweep.h5" : command.path;
    job->command = sweep_command(words, command.request);
    JobTask points = task("sweep", JobPriority::kBackground, "Sweep", "windows");
    points.gives_way = true;
    points.step = [this, job](JobContext& at_work) { return sweep_step(*job, at_work); };
    worker_.submit(std::move(points));
}

bool Conductor::sweep_step(SweepJob& job, JobContext& context) {
    const auto model = lab_model(job.place);
    if (!job.sweep) {
        job.request.gates = check_gate_files(job.request.gates, *model, context);
        job.sweep = std::make_unique<Sweep>(*model->transformer, job.request, job.summary, job.place.text, job.earlier);
        const auto nothing_yet = job.sweep->result();  // which alone holds its warnings
        for (const std::string& warning : nothing_yet->warnings) board_.say(Severity::kWarning, warning);
    }
    context.set_total(job.sweep->total());
    context.tick(job.sweep->done());
    if (job.shown < 0) publish_sweep(job);
    const bool more = job.sweep->step(context);
    if (job.sweep->points_done() != job.shown) publish_sweep(job);
    return more;
}

void Conductor::publish_sweep(SweepJob& job) {
    const auto result = dressed(*job.sweep->result(), ++next_run_, job.summary, job.command);
    const bool new_point = job.shown >= 0;
    job.shown = job.sweep->points_done();
    board_.change([&](Snapshot& snapshot) {
        snapshot.sweep = result;
        snapshot.sweep_path = job.wish.path;
    });
    if (new_point && !job.wish.path.empty()) write_sweep(job.wish.path, result);
}

// Under a job of its own: a newer picture must not end the writing of this one, as each is whole for a while only.
void Conductor::write_sweep(const std::string& path, std::shared_ptr<const RunResult> run) {
    JobTask job = task("write " + path, JobPriority::kNormal, "Writing " + last_part(path), "");
    job.listed = false;
    job.outlasts = true;
    job.step = [this, path, run = std::move(run)](JobContext&) {
        JobContext whole;
        write_capture(*run, path, true, whole);
        if (run->complete)
            board_.say(Severity::kSuccess,
                       "Swept " + std::to_string(run->gates.size()) + " points into " + last_part(path));
        return false;
    };
    opener_.submit(std::move(job));
}

}  // namespace gatescope
