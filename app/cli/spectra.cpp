#include <exception>

#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/spectra_report.h"
#include "app/cli/verb.h"
#include "app/engine/survey_command.h"
#include "captures/capture.h"
#include "captures/survey.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kFarthest = std::int64_t{1} << 40;

struct SpectraOptions : Options {
    std::vector<std::string> models;
    std::string delta = "0";
    bool raw = false, folded = false, controls = false;
};

SurveyRequest survey_request(const SpectraOptions& options) {
    const RunRequest run = run_request(options);
    SurveyRequest request{options.models, run.layers, run.heads, {}, device_wish(options).threads};
    request.spectra.raw = options.raw || !options.folded;
    request.spectra.folded = options.folded || !options.raw;
    request.spectra.delta = whole_number(options.delta, "--delta", -kFarthest, kFarthest);
    request.spectra.controls = options.controls;
    request.spectra.seed = run.seed;
    return request;
}

// A survey that ended, or came as far as it did.
struct SurveyOutcome {
    std::shared_ptr<const SpectraSurvey> survey;
    std::exception_ptr failure;  // what ended it early, if anything but Ctrl-C did
    bool interrupted = false;
};

SurveyOutcome survey_models(const SurveyRequest& request, JobContext& job) {
    SurveyOutcome out;
    SurveyRun run(request, job);
    job.begin("Weight spectra", "layers", run.total());
    try {
        for (bool more = true; more;) {
            more = run.step(job);
            job.tick(run.done());
        }
    } catch (const Cancelled&) {
        out.interrupted = true;
    } catch (...) {
        out.failure = std::current_exception();
    }
    out.survey = run.result();
    // The last tick may be where it was told to stop.
    if (out.survey->complete) out.interrupted = false;
    return out;
}

// What is whole is kept, marked incomplete where that is not all; Ctrl-C no longer counts here.
void write(SurveyOutcome& outcome, const SurveyRequest& request, const Options& options) {
    if (outcome.survey->models.empty()) {
        if (outcome.failure) std::rethrow_exception(outcome.failure);
        throw Cancelled();
    }
    auto survey = std::make_shared<SpectraSurvey>(*outcome.survey);
    survey->command = survey_command(request, options.out);
    outcome.survey = std::move(survey);
    JobContext job;
    write_survey(*outcome.survey, options.out, options.force, job);
}

int run(const SpectraOptions& options, Console& console) {
    apply(options, console);
    if (options.models.empty()) require({}, "MODEL");
    require(options.out, "--out");
    const SurveyRequest request = survey_request(options);
    check_capture_target(options.out, options.force);
    SurveyOutcome outcome;
    {
        TerminalJob job(console);
        outcome = survey_models(request, job.context());
        write(outcome, request, options);
    }
    const std::string kept = std::to_string(outcome.survey->models.size()) + " of " +
                             std::to_string(request.models.size()) + " models; " + options.out +
                             " holds what is whole and is marked incomplete";
    if (outcome.failure) {
        console.warn("failed after " + kept);
        std::rethrow_exception(outcome.failure);
    }
    if (outcome.interrupted) console.warn("interrupted after " + kept);
    if (options.json) {
        nlohmann::ordered_json document = {{"capture", options.out}};
        document.update(spectra_json(*outcome.survey));
        console.print(document.dump(2) + "\n");
    } else if (!options.quiet) {
        console.print(spectra_table(*outcome.survey) + "wrote " + options.out + "\n");
    }
    return outcome.interrupted ? 130 : 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<SpectraOptions>();
    app.add_option("MODEL", options->models, "folders with config.json, files of weights, or the word sample")
        ->type_name("");
    app.add_flag("--raw", options->raw, "kernels of the projection matrices alone; both kinds unless one is named");
    app.add_flag("--folded", options->folded,
                 "kernels with the gain of the norm before the layer multiplied into them");
    app.add_option("--delta", options->delta, "offset query - key at which rotary kernels are taken")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--controls", options->controls, "random kernels of equal shape and random projections beside them");
    add_analysed(app, *options);
    app.add_option("--threads", options->threads, "threads to compute with; all cores unless given")->type_name("N");
    add_out(app, *options, "the capture to write");
    add_console(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb spectra_verb() {
    return {"spectra",
            "Routing and filtering spectra of every head's kernel, from the weights of one or many checkpoints.",
            "gatescope spectra sample other-model/ --controls --out spectra.h5", declare};
}

}  // namespace gatescope
