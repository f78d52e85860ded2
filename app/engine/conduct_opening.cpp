// What follows an opened model: settings that fit it, its hash, and texts: opened aside, taken into use whole; one that
// fails leaves the old one at work.

#include <utility>

#include "analysis/abilities.h"
#include "app/engine/command_line.h"
#include "app/engine/conductor.h"
#include "app/engine/guard.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/last_part.h"
#include "model/tokenizer/tokenizer.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

// What reading a text takes: a job that holds it keeps no weights alive.
std::shared_ptr<const Model> headers_of(const Model& model) {
    auto out = std::make_shared<Model>();
    out->reader = model.reader;
    out->tokenizer = model.tokenizer;
    out->tokenizer_failure = model.tokenizer_failure;
    out->summary = model.summary;
    return out;
}

}  // namespace

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
void Conductor::hash_weights(const Model& model) {
    JobTask job = task("hash", JobPriority::kBackground, "Hashing weights", "MB");
    auto hasher = std::make_shared<WeightHasher>(*model.reader);
    job.step = [this, reader = model.reader, unhashed = model.summary,
                hasher = std::move(hasher)](JobContext& context) {
        if (hasher->step(context)) return true;
        auto summary = std::make_shared<ModelSummary>(*unhashed);
        summary->sha256 = hasher->result();
        board_.change([&](Snapshot& snapshot) {
            if (snapshot.model != unhashed) return;
            snapshot.model = summary;
            if (snapshot.spectra && snapshot.spectra->model == unhashed) {
                auto spectra = std::make_shared<ModelSpectra>(*snapshot.spectra);
                spectra->model = summary;
                snapshot.spectra = std::move(spectra);
            }
            if (snapshot.run && snapshot.run->model == unhashed)
                snapshot.run = dressed(*snapshot.run, ++next_run_, summary, snapshot.run->command);
        });
        return false;
    };
    opener_.submit(std::move(job));
}

void Conductor::read_text() {
    const auto [model, from] = wishes([](Wishes& wishes) { return std::pair(wishes.model, wishes.text); });
    if (!model || !model->transformer) return;  // adopt() comes back here
    const Settings settings = board_.latest()->settings;
    const std::string name = from.typed ? from.typed->name : last_part(from.path);
    JobTask job = task("text", JobPriority::kNormal, "Reading " + name, "tokens");
    // It does not hold the model itself, which may be closed meanwhile.
    job.step = [this, whole = std::weak_ptr(model), headers = headers_of(*model), from = from,
                settings](JobContext& context) {
        const std::int64_t length = settings.window_length, windows = settings.windows;
        auto text = from.typed ? cut_text(from.typed->name, from.typed->contents, *headers, length, windows, context)
                    : is_token_file(from.path) ? open_tokens(from.path, *headers, length, windows, context)
                                               : open_text(from.path, *headers, length, windows, context);
        wishes([&](Wishes& wishes) {
            auto used = whole.lock();
            if (used && used == wishes.model) wishes.fresh = Fresh{from, {std::move(used), std::move(text)}};
        });
        measure();
        return false;
    };
    job.ended = [this, from = from, settings](const tl::expected<void, Error>& outcome) {
        if (!outcome && !outcome.error().cancelled) text_failed(from, settings);
        if (!outcome) checkpoint_shown();
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
