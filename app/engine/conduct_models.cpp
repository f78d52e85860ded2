// Models: headers are read aside and weighed, then the weights; what fails or is refused leaves the old model at work.

#include <malloc.h>

#include <utility>

#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "model/core/last_part.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

bool has_room(const MemoryReport& memory, bool close_first) {
    return memory.fits || (close_first && memory.needs.total() <= memory.there.bytes + memory.there.open_model);
}

}  // namespace

// Headers may be read in a tick of other work on the opener: nobody waits for the hash of a large file.
void Conductor::open(Opening opening) {
    opening.number = wishes([&](Wishes& wishes) {
        if (!opening.run.empty()) wishes.scrubbed = wishes.openings + 1;
        return ++wishes.openings;
    });
    worker_.cancel_kind("model");
    board_.change([](Snapshot& snapshot) { snapshot.refusal.reset(); });
    JobTask job = task("headers", JobPriority::kInteractive, "Opening " + last_part(opening.path), "");
    job.ready_inside = [] { return true; };
    job.step = [this, opening](JobContext& context) {
        read_headers(opening, context);
        return false;
    };
    job.ended = [this, opening](const tl::expected<void, Error>& outcome) { opening_ended(opening, outcome); };
    opener_.submit(std::move(job));
}

void Conductor::read_headers(const Opening& opening, JobContext& job) {
    std::shared_ptr<Model> model = open_model(opening.path, false, false, opening.wish, job);
    job.tick();
    if (opening.weights_only) return load(opening, std::move(model));
    auto preview = preview_of(opening.path, *model, opening.wish, room_on(opening.wish.device));
    if (has_room(preview.memory, opening.close_first)) return load(opening, std::move(model));
    refuse(std::make_shared<const ModelPreview>(std::move(preview)));
    if (newest(opening)) checkpoint_shown();
}

// No error: the window asks what to do instead.
void Conductor::refuse(std::shared_ptr<const ModelPreview> preview) {
    const Failure failure(FailureKind::kResource, memory_fault(preview->memory), preview->summary->name,
                          memory_hint(preview->memory));
    board_.say(Severity::kInfo, failure.what());
    board_.change([&](Snapshot& snapshot) {
        snapshot.refusal = std::make_shared<const LoadRefusal>(LoadRefusal{next_refusal_++, std::move(preview)});
    });
}

// The window that runs is given up, so that the load need not wait for it; where the load fails, the measurement that
// is sent behind it goes on.
void Conductor::load(const Opening& opening, std::shared_ptr<Model> model) {
    JobTask job = task("model", JobPriority::kNormal, "Opening " + model->summary->name, "");
    job.step = [this, opening, model = std::move(model)](JobContext& context) {
        if (!newest(opening)) return false;
        if (opening.close_first) let_go();
        if (!opening.weights_only) load_weights(*model, false, opening.wish, context);
        adopt(opening, model);
        return false;
    };
    job.ended = [this, opening](const tl::expected<void, Error>& outcome) { opening_ended(opening, outcome); };
    worker_.submit(std::move(job));
    measure();
}

// What is on the screen stays there.
void Conductor::let_go() {
    opener_.cancel_kind("text");
    opener_.cancel_kind("hash");
    end_training_now();
    wishes([](Wishes& wishes) {
        wishes.model.reset();
        wishes.fresh.reset();
    });
    bench_.clear();
    ::malloc_trim(0);  // what is free goes back to the system, where the new model looks for it
    board_.change([](Snapshot& snapshot) {
        snapshot.model.reset();
        snapshot.weights_only = false;
        snapshot.device.clear();
        snapshot.dtype.clear();
    });
}

void Conductor::adopt(const Opening& opening, std::shared_ptr<Model> model) {
    if (opening.weights_only) let_go();
    end_training_now();
    wishes([&](Wishes& wishes) { wishes.model = model; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.settings.model_path = opening.path;
        snapshot.settings.device = opening.wish.device;
        snapshot.settings.dtype = opening.wish.dtype;
        snapshot.shown_run = opening.run;
        snapshot.shown_step = opening.step;
        if (opening.new_windows) snapshot.settings.window_length = opening.wish.window_length;
        snapshot.model = model->summary;
        snapshot.gate_gradients.clear();  // another model's
        snapshot.spectra.reset();
        snapshot.components.reset();
        snapshot.weights_only = opening.weights_only;
        if (opening.weights_only) {
            snapshot.run.reset();
            snapshot.pattern.reset();
            snapshot.sensitivity.reset();
            return;
        }
        snapshot.device = model->transformer->device();
        snapshot.dtype = model->transformer->dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
        snapshot.threads = opening.wish.threads;
    });
    fit_settings(model->summary->config);
    read_text();
    hash_weights(*model);
    measure_weight_spectra();
    find_components_of(model->summary->config);
}

// A remembered model may be gone at the next start, and so may its device; the window still opens on something.
void Conductor::opening_ended(const Opening& opening, const tl::expected<void, Error>& outcome) {
    report(outcome);
    if (!outcome && newest(opening)) checkpoint_shown();
    if (outcome || outcome.error().cancelled || !opening.first || opening.path == "sample" || !newest(opening)) return;
    Opening sample{.path = "sample", .wish = opening.wish};
    sample.wish.device = "best";
    open(std::move(sample));
}

bool Conductor::newest(const Opening& opening) {
    return wishes([&](Wishes& wishes) { return wishes.openings == opening.number; });
}

MemoryThere Conductor::room_on(const std::string& device) {
    MemoryThere out = probe_(device);
    const auto model = wishes([](Wishes& wishes) { return wishes.model; });
    if (model && model->transformer && model->transformer->device() == out.device) out.open_model = model->weight_bytes;
    return out;
}

void Conductor::on(const PreviewModel& command) {
    opener_.cancel_kind("preview");
    if (command.path.empty()) return board_.change([](Snapshot& snapshot) { snapshot.preview.reset(); });
    JobTask job = task("preview", JobPriority::kInteractive, "Preview of " + last_part(command.path), "");
    job.listed = false;
    job.ready_inside = [] { return true; };
    job.step = [this, path = command.path, settings = board_.latest()->settings](JobContext& context) {
        const DeviceWish wish{settings.device, settings.dtype, 0, settings.window_length};
        auto preview = std::make_shared<ModelPreview>();
        const auto outcome = guarded("The preview", [&] {
            const auto model = open_model(path, false, false, wish, context);
            context.tick();
            *preview = preview_of(path, *model, wish, room_on(wish.device));
            return true;
        });
        context.tick();  // a newer one is wanted
        preview->path = path;
        if (!outcome) preview->error = outcome.error().message;
        board_.change([&](Snapshot& snapshot) { snapshot.preview = std::move(preview); });
        return false;
    };
    opener_.submit(std::move(job));
}

}  // namespace gatescope
