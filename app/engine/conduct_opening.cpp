// Models and texts: opened aside, taken into use whole; what fails leaves the old ones at work.

#include <utility>

#include "analysis/abilities.h"
#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "model/checkpoint/weight_hash.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

std::string short_name(const std::string& path) {
    const auto name = std::filesystem::path(path).filename().string();
    return name.empty() ? path : name;
}

}  // namespace

// The window that runs is given up, so that the load need not wait for it; where the load fails, the measurement that
// is sent behind it goes on.
void Conductor::replace_model(const std::string& path, const DeviceWish& wish) {
    load_model(path, wish);
    measure();
}

void Conductor::load_model(const std::string& path, const DeviceWish& wish) {
    JobTask job = task("model", JobPriority::kNormal, "Opening " + short_name(path), "");
    job.step = [this, path, wish](JobContext& context) {
        adopt_model(path, wish, open_model(path, true, false, wish, context));
        return false;
    };
    job.ended = [this, path, wish](const tl::expected<void, Error>& outcome) {
        report(outcome);
        // A remembered model may be gone at the next start; the window still opens on something.
        const bool first = !board_.latest()->model;
        if (!outcome && !outcome.error().cancelled && first && path != "sample") load_model("sample", wish);
    };
    worker_.submit(std::move(job));
}

void Conductor::adopt_model(const std::string& path, const DeviceWish& wish, std::shared_ptr<Model> model) {
    wishes([&](Wishes& wishes) { wishes.model = model; });
    board_.change([&](Snapshot& snapshot) {
        snapshot.settings.model_path = path;
        snapshot.settings.device = wish.device;
        snapshot.settings.dtype = wish.dtype;
        snapshot.model = model->summary;
        snapshot.device = model->transformer->device();
        snapshot.dtype = model->transformer->dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
        snapshot.threads = wish.threads;
    });
    fit_settings(model->summary->config);
    read_text();
    hash_weights(std::move(model));
}

// What the new model can't serve would stop every run: gates on layers that it lacks, more tokens than it has learned
// positions for.
void Conductor::fit_settings(const ModelConfig& config) {
    for (const auto slot : {&Settings::gate_a, &Settings::gate_b}) {
        const std::string syntax = board_.latest()->settings.*slot;
        const auto fits = guarded(syntax, [&] {
            if (syntax != "dense") check_gates({parse_gate(syntax)}, config);
            return true;
        });
        if (fits) continue;
        board_.change([slot](Snapshot& snapshot) { snapshot.settings.*slot = "dense"; });
        board_.say(Severity::kWarning, "Gate " + syntax + " was taken off: " + fits.error().message);
    }
    if (!config.learned_positions || board_.latest()->settings.window_length <= config.n_ctx) return;
    board_.change([&](Snapshot& snapshot) { snapshot.settings.window_length = config.n_ctx; });
    board_.say(Severity::kWarning, "Windows were cut to the model's " + std::to_string(config.n_ctx) + " positions");
}

// Behind everything else that the opener has to do; a capture needs it, nothing on the screen does.
void Conductor::hash_weights(std::shared_ptr<Model> model) {
    JobTask job = task("hash", JobPriority::kBackground, "Hashing weights", "MB");
    auto hasher = std::make_shared<WeightHasher>(*model->reader);
    job.step = [this, model = std::move(model), hasher = std::move(hasher)](JobContext& context) {
        if (hasher->step(context)) return true;
        auto summary = std::make_shared<ModelSummary>(*model->summary);
        summary->sha256 = hasher->result();
        board_.change([&](Snapshot& snapshot) {
            if (snapshot.model != model->summary) return;
            snapshot.model = summary;
            if (snapshot.run && snapshot.run->model == model->summary)
                snapshot.run = dressed(*snapshot.run, ++next_run_, summary, snapshot.run->command);
        });
        return false;
    };
    opener_.submit(std::move(job));
}

void Conductor::read_text() {
    const auto [model, from] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.text); });
    if (!model) return;  // adopt_model() comes back here
    const Settings settings = board_.latest()->settings;
    const std::string name = from.typed ? from.typed->name : short_name(from.path);
    JobTask job = task("text", JobPriority::kNormal, "Reading " + name, "tokens");
    job.step = [this, model = model, from = from, settings](JobContext& context) {
        const std::int64_t length = settings.window_length, windows = settings.windows;
        auto text = from.typed ? cut_text(from.typed->name, from.typed->contents, *model, length, windows, context)
                    : is_token_file(from.path) ? open_tokens(from.path, *model, length, windows, context)
                                               : open_text(from.path, *model, length, windows, context);
        wishes([&](Wishes& wishes) { wishes.fresh = Fresh{from, {model, std::move(text)}}; });
        measure();
        return false;
    };
    job.ended = [this, from = from, settings](const tl::expected<void, Error>& outcome) {
        if (!outcome && !outcome.error().cancelled) text_failed(from, settings);
        report(outcome);
    };
    opener_.submit(std::move(job));
}

// A text that can't be had gives way to the one in use; at the first start, to the sample. A newer wish is left alone.
void Conductor::text_failed(const TextSource& from, const Settings& attempted) {
    const bool first = !board_.latest()->run;
    const bool newest = wishes([&](Wishes& wishes) {
        if (wishes.text != from) return false;
        wishes.text = first ? TextSource{"sample", {}} : wishes.text_in_use;
        return true;
    });
    give_way_windows(attempted);
    if (first && newest && from.path != "sample") read_text();
}

}  // namespace gatescope
