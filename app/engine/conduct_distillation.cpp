// Training of gates on the open, frozen model. A job of low priority, so that what is measured and clicked on goes
// first. However it ends, the gate so far is in its file.
#include "analysis/gate_gradient.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "app/engine/training.h"
#include "captures/capture.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/core/last_part.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

constexpr std::chrono::milliseconds kPublishEvery{200};
constexpr const char* kKind = "distillation";

std::string outcome_text(const DistillRun& run) {
    const std::string file = last_part(run.request.out);
    const std::string steps = std::to_string(run.step) + (run.step == 1 ? " step" : " steps");
    if (run.status == "done") return "Trained: " + file + " holds the gate after " + steps;
    return "Training " + run.status + ": " + file + " holds the gate after " + steps + " of " +
           std::to_string(run.request.steps);
}

}  // namespace

void Conductor::on(const StartDistillation& command) {
    const auto now = board_.latest();
    if (!now->model || now->weights_only) throw nothing_to_run();
    check_distillation(command.request, now->model->config);
    check_output_target(command.request.out, command.overwrite);
    if (!command.request.capture.empty()) check_capture_target(command.request.capture, command.overwrite);
    const auto old = wishes([](Wishes& wishes) { return wishes.training; });
    if (old && !old->over && !command.overwrite && old->request.out == command.request.out)
        throw Failure(FailureKind::kUsage, "is the file of the training that is under way", command.request.out,
                      "give it another name");
    auto training = std::make_shared<Training>(command.request, command.overwrite);
    wishes([&](Wishes& wishes) { wishes.training = training; });
    if (old && !old->over) end_later(old);
    train(training);
}

void Conductor::on(const PauseDistillation& command) {
    const auto training = wishes([](Wishes& wishes) { return wishes.training; });
    if (!training || training->over || training->paused.exchange(command.paused) == command.paused) return;
    if (!command.paused) train(training);
}

void Conductor::on(const StopDistillation&) {
    const auto training = wishes([](Wishes& wishes) { return wishes.training; });
    if (!training || training->over) return;
    worker_.cancel_kind(kKind);
    end_later(training);
}

void Conductor::train(std::shared_ptr<Training> training) {
    JobTask job = task(kKind, JobPriority::kBackground, "Training " + training->request.gate, "steps");
    job.gives_way = true;  // a step leaves nothing behind where it is cancelled; a toggle waits for none
    job.step = [this, training](JobContext& context) { return training_step(*training, context); };
    job.ended = [this, training, number = ++training->jobs](const tl::expected<void, Error>& outcome) {
        report(outcome);
        const bool resumed = training->jobs != number;  // while the step before the pause was still at work
        if (outcome ? training->parked : outcome.error().cancelled && resumed) return;
        end_training(*training, outcome ? "done" : outcome.error().cancelled ? "stopped" : "failed");
    };
    worker_.submit(std::move(job));
}

// A paused one has no job that could end it, and one that waits for its turn is dropped without an end.
void Conductor::end_later(std::shared_ptr<Training> training) {
    JobTask job = task({}, JobPriority::kNormal, "Writing the gate", "");
    job.kind = "end training " + std::to_string(job.id);  // none takes another's place
    job.step = [this, training](JobContext&) {
        end_training(*training, "stopped");
        return false;
    };
    worker_.submit(std::move(job));
}

bool Conductor::training_step(Training& training, JobContext& job) {
    if (training.over) return false;
    if (!training.run) begin_training(training, job);
    job.set_total(training.run->total());
    training.parked = training.paused;
    training.run->set_status(training.parked ? "paused" : "running");
    const bool more = !training.parked && training.run->step(job);
    publish_training(training, !more);
    job.tick(training.run->done());
    return more;
}

void Conductor::begin_training(Training& training, JobContext& job) {
    const DistillRequest& request = training.request;
    check_output_target(request.out, training.overwrite);  // the one before may have ended into the same file
    training.model = wishes([](Wishes& wishes) { return wishes.model; });
    if (!training.model || !training.model->transformer) throw nothing_to_run();
    const auto text = open_text(request.text, *training.model, request.window_length, 0, job);
    const auto held_out = request.held_out.empty() ? nullptr
                                                   : open_text(request.held_out, *training.model, request.window_length,
                                                               request.held_out_windows, job);
    training.model_sha256 = board_.latest()->model ? board_.latest()->model->sha256 : "";
    if (training.model_sha256.empty()) training.model_sha256 = weights_sha256(*training.model->reader, job);
    job.begin("Training " + request.gate, "steps", static_cast<double>(request.steps));
    training.run = std::make_unique<Distillation>(*training.model->transformer, request, text, held_out);
}

void Conductor::publish_training(Training& training, bool at_once) {
    const auto now = std::chrono::steady_clock::now();
    if (!at_once && now < training.next_publish) return;
    training.next_publish = now + kPublishEvery;
    const bool newest = wishes([&](Wishes& wishes) { return wishes.training.get() == &training; });
    if (!newest) return;
    board_.change([run = training.run->run()](Snapshot& snapshot) { snapshot.distillation = run; });
}

// The gate so far goes to its file, and the curves to their capture. On the worker.
void Conductor::end_training(Training& training, const std::string& status) {
    if (training.over.exchange(true)) return;
    if (!training.run) return training.model.reset();
    training.run->set_status(status);
    if (status != "done" && training.run->run()->step == 0) {
        board_.say(Severity::kWarning, "Training " + status + " before its first step: nothing was written");
        publish_training(training, true);
    } else {
        const auto outcome = guarded("The gate's file", [&] {
            training.run->write(training.model_sha256, training.overwrite);
            if (bench_.file_changed(training.request.out)) measure();
            board_.say(status == "done" ? Severity::kSuccess : Severity::kWarning, outcome_text(*training.run->run()));
            return true;
        });
        if (!outcome) board_.say(Severity::kError, outcome.error().message);
        publish_training(training, true);
        write_curves(training);
    }
    training.run.reset();
    training.model.reset();
}

// On the opener, where all of HDF5 is.
void Conductor::write_curves(const Training& training) {
    if (training.request.capture.empty()) return;
    auto summary = std::make_shared<ModelSummary>(*training.model->summary);
    summary->sha256 = training.model_sha256;
    JobTask job = task("write " + training.request.capture, JobPriority::kNormal,
                       "Writing " + last_part(training.request.capture), "");
    job.outlasts = true;
    job.step = [this, result = training.run->result(summary), path = training.request.capture,
                overwrite = training.overwrite](JobContext& context) {
        write_capture(*result, path, overwrite, context);
        board_.say(Severity::kSuccess, "Wrote " + last_part(path));
        return false;
    };
    opener_.submit(std::move(job));
}

// Another model comes, or the program ends: on the worker, or once it has stopped.
void Conductor::end_training_now() {
    if (const auto training = wishes([](Wishes& wishes) { return wishes.training; }))
        end_training(*training, "stopped");
}

// Of the first window that is measured.
void Conductor::on(const MeasureGateGradient& command) {
    require_weights();
    JobTask job = task("gradient", JobPriority::kNormal, "Gradient at the gate", "passes");
    job.step = [this, request = command.request](JobContext& context) {
        if (bench_.empty() || new_on_bench_) throw nothing_to_run();
        const Source& source = bench_.source();
        context.set_total(2);
        std::vector<GateGradient> found;
        for (const GateMeans means : {GateMeans::kSet, GateMeans::kBias}) {
            found.push_back(
                gate_gradient(*source.model->transformer, source.text->windows.front(), request, means, context));
            context.tick(static_cast<double>(found.size()));
        }
        board_.change([&](Snapshot& snapshot) { snapshot.gate_gradients = std::move(found); });
        return false;
    };
    worker_.submit(std::move(job));
}

}  // namespace gatescope
