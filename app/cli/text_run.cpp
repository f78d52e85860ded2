#include "app/cli/text_run.h"

#include "analysis/abilities.h"
#include "analysis/measurement.h"
#include "app/cli/console.h"
#include "model/core/error.h"

namespace gatescope {
namespace {
constexpr std::int64_t kNoWindow = -1;  // none is looked at
}

PreparedRun prepare_run(const Options& options, RunRequest request, std::string (*why_not)(const ModelConfig&),
                        JobContext& job) {
    PreparedRun out;
    const DeviceWish wish = device_wish(options);
    out.model = open_model(options.model, false, false, wish, job);
    const ModelConfig& config = out.model->summary->config;
    if (const std::string why = why_not == nullptr ? "" : why_not(config); !why.empty())
        throw Failure(FailureKind::kUnsupported, why, options.model);
    request.layers.check(config.n_layers, "layers");
    request.heads.check(config.n_heads, "heads");
    check_gates(request.gates, config);
    if (config.learned_positions && request.window_length > config.n_ctx)
        throw Failure(FailureKind::kUsage, "the model has only " + std::to_string(config.n_ctx) + " positions",
                      "--window " + options.window, "give at most " + std::to_string(config.n_ctx));
    request.gates = check_gate_files(request.gates, *out.model, job);
    out.text = options.tokens.empty()
                   ? open_text(options.text, *out.model, request.window_length, request.windows, job)
                   : open_tokens(options.tokens, *out.model, request.window_length, request.windows, job);
    out.request = std::move(request);
    return out;
}

TextRun run_text(PreparedRun& prepared, const Options& options, bool hash, const Console& console, JobContext& job) {
    load_weights(*prepared.model, hash, device_wish(options), job);
    Measurement measurement(*prepared.model->transformer, prepared.request, prepared.model->summary, prepared.text);
    measurement.keep_window(kNoWindow);
    const auto nothing_yet = measurement.result();
    for (const std::string& warning : nothing_yet->warnings) console.warn(warning);
    TextRun out;
    try {
        job.begin("Running", "passes", 0);
        out.result = run_to_end(measurement, job);
        out.interrupted = job.cancelled() && !out.result->complete;
    } catch (const Cancelled&) {
        throw;
    } catch (...) {
        out.failure = std::current_exception();
        out.result = measurement.result();
        if (out.result->windows_done == 0) throw;
    }
    if (out.interrupted && out.result->windows_done == 0) throw Cancelled();
    return out;
}

}  // namespace gatescope
