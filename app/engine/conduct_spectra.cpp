// Spectra of the open model. Weight kernels are worked out on the opener, beside the measurement that runs, as headers
// are all that they need; activations are a pass of their own on the worker, behind everything else.

#include <algorithm>
#include <iterator>
#include <utility>

#include "analysis/spectra/weight_spectra.h"
#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "app/engine/spectra_parts.h"

namespace gatescope {
namespace {

constexpr const char* kKind = "spectra";

// Into the run, too, so that the head map and captures have them. Those of another model's run stay out of it.
void show(Snapshot& snapshot, std::shared_ptr<const Spectra> spectra, std::uint64_t run_id) {
    snapshot.spectra.reset();
    if (spectra)
        snapshot.spectra =
            std::make_shared<const ModelSpectra>(ModelSpectra{snapshot.model->name, snapshot.model, {}, {}, spectra});
    if (!snapshot.run || snapshot.run->model != snapshot.model || snapshot.run->spectra == spectra) return;
    auto run = std::make_shared<RunResult>(*snapshot.run);
    run->id = run_id;
    run->request.spectra = spectra ? spectra->request : SpectraRequest();
    run->spectra = std::move(spectra);
    run->command = capture_command(snapshot);
    snapshot.run = std::move(run);
}

const Spectra* shown(const Snapshot& snapshot) {
    return snapshot.spectra ? snapshot.spectra->spectra.get() : nullptr;
}

bool of_text(const SpectraRequest& wish) {
    return wish.activations || wish.cosines;
}

bool same_weights(const SpectraRequest& one, const SpectraRequest& other) {
    return one.raw == other.raw && one.folded == other.folded && one.delta == other.delta &&
           one.controls == other.controls && one.seed == other.seed;
}

bool same_of_text(const SpectraRequest& one, const SpectraRequest& other) {
    return one.activations == other.activations && one.cosines == other.cosines;
}

bool at_work(const JobQueue& queue) {
    const auto jobs = queue.jobs();
    return std::any_of(jobs.begin(), jobs.end(),
                       [](const QueuedJob& job) { return job.kind == kKind && !job.context->cancelled(); });
}

}  // namespace

struct Conductor::WeightSpectraJob {
    std::weak_ptr<Model> model;
    SpectraRequest request;
    WeightSpectraRun run;
};

// A wish that is sent again disturbs nothing.
void Conductor::on(const MeasureSpectra& command) {
    const SpectraRequest& wish = command.request;
    const SpectraRequest before = wishes([&](Wishes& wishes) { return std::exchange(wishes.spectra, wish); });
    if (wish == SpectraRequest()) return drop_spectra();
    const auto now = board_.latest();
    const bool weights_come =
        at_work(opener_) || (now->model && !missing_weights(fitted(wish, now->model->config), shown(*now)).weights());
    if (!same_weights(before, wish) || !weights_come) measure_weight_spectra();
    if (!of_text(wish)) return worker_.cancel_kind(kKind);
    require_weights();
    const std::int64_t windows = now->run ? std::ssize(now->run->text->windows) : 1;
    const bool activations_come = at_work(worker_) || !of_text(missing_activations(wish, shown(*now), windows));
    if (!same_of_text(before, wish) || !activations_come) measure_activation_spectra();
}

void Conductor::drop_spectra() {
    opener_.cancel_kind(kKind);
    worker_.cancel_kind(kKind);
    board_.change([this](Snapshot& snapshot) {
        if (snapshot.spectra) show(snapshot, nullptr, ++next_run_);
    });
}

// Does the model that this was begun for still count? Asked while the board is edited: adopt() changes the model first.
bool Conductor::in_use(const std::weak_ptr<Model>& model) {
    const auto mine = model.lock();
    return mine && wishes([&](Wishes& wishes) { return wishes.model == mine; });
}

// What is there and what lacks is found out on the opener, where nothing else changes it meanwhile.
void Conductor::measure_weight_spectra() {
    if (!wishes([](Wishes& wishes) { return wishes.model && wishes.spectra.weights(); }))
        return opener_.cancel_kind(kKind);  // adopt() comes back here
    JobTask job = task(kKind, JobPriority::kNormal, "Spectra of the weights", "layers");
    job.step = [this, begun = false](JobContext& context) mutable {
        if (!std::exchange(begun, true) && !begin_weight_spectra()) return false;
        return weight_spectra_step(context);
    };
    opener_.submit(std::move(job));
}

// The run that another wish interrupted is gone on with where it is the one that is wanted. False: nothing lacks.
bool Conductor::begin_weight_spectra() {
    const auto [model, wanted] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.spectra); });
    if (!model) return false;
    const auto now = board_.latest();
    const ModelConfig& config = model->summary->config;
    const SpectraRequest missing = missing_weights(fitted(wanted, config), shown(*now));
    if (!missing.weights()) {
        weight_spectra_.reset();
        return false;
    }
    if (weight_spectra_ && weight_spectra_->model.lock() == model && weight_spectra_->request == missing) return true;
    weight_spectra_ = std::shared_ptr<WeightSpectraJob>(
        new WeightSpectraJob{model, missing, {model->reader, config, {}, {}, missing}});
    return true;
}

bool Conductor::weight_spectra_step(JobContext& context) {
    const auto job = weight_spectra_;
    if (!in_use(job->model)) return false;
    context.set_total(job->run.total());
    context.tick(job->run.done());
    if (job->run.step(context)) return true;
    weight_spectra_.reset();
    // A wish that was taken back while the last layer ran is gone, whatever came of it.
    board_.change([&](Snapshot& snapshot) {
        if (in_use(job->model) && snapshot.model && wishes([](Wishes& wishes) { return wishes.spectra.weights(); }))
            show(snapshot, with_weights(*job->run.result(), shown(snapshot)), ++next_run_);
    });
    return false;
}

// Not before the first picture of the measurement is there: what is shown is of one text.
void Conductor::measure_activation_spectra() {
    JobTask job = task(kKind, JobPriority::kBackground, "Spectra of activations", "windows");
    job.gives_way = true;
    job.step = [this](JobContext& context) { return activation_spectra_step(context); };
    job.ended = [this](const tl::expected<void, Error>& outcome) {
        // What failed once would again, with every text.
        if (!outcome && !outcome.error().cancelled)
            wishes([](Wishes& wishes) { wishes.spectra.activations = wishes.spectra.cosines = false; });
        report(outcome);
    };
    worker_.submit(std::move(job));
}

bool Conductor::activation_spectra_step(JobContext& context) {
    if (bench_.empty() || new_on_bench_) return false;
    const SpectraRequest wanted = wishes([](Wishes& wishes) { return wishes.spectra; });
    const bool more = bench_.spectra_step(wanted, context);
    publish_activation_spectra();
    context.set_total(bench_.spectra().total());
    context.tick(bench_.spectra().done());
    return more;
}

void Conductor::publish_activation_spectra() {
    const auto found = bench_.spectra().result();
    if (!found) return;
    const std::weak_ptr<Model> model = bench_.source().model;
    board_.change([&](Snapshot& snapshot) {
        if (in_use(model) && snapshot.model && wishes([](Wishes& wishes) { return of_text(wishes.spectra); }))
            show(snapshot, with_activations(found.get(), shown(snapshot)), ++next_run_);
    });
}

// The first picture of a measurement is there.
void Conductor::measure_wished_activation_spectra() {
    if (of_text(wishes([](Wishes& wishes) { return wishes.spectra; }))) measure_activation_spectra();
}

// For an export: what is under way is shown and written whole.
bool Conductor::activation_spectra_to_end(JobContext& context) {
    return at_work(worker_) && activation_spectra_step(context);
}

// Another text, or other windows of it. The run that is on the screen keeps its own until it goes.
void Conductor::drop_activation_spectra(Snapshot& snapshot) {
    if (!snapshot.spectra) return;
    auto left = std::make_shared<ModelSpectra>(*snapshot.spectra);
    left->spectra = weights_alone(left->spectra.get());
    snapshot.spectra = left->spectra ? left : nullptr;
}

}  // namespace gatescope
