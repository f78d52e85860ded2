#include <chrono>
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
    std::shared_ptr<const SpectraSurvey> survey;  // as written
    std::exception_ptr failure;                   // what ended it early, if anything but Ctrl-C did
    bool interrupted = false;
};

// Writing may take this share of the time.
constexpr double kWritingShare = 0.05;

// One survey of the command line, into its file as models become whole: a program that is killed loses little. The
// whole file is written each time, so not for every small model.
class SurveyOfFile {
  public:
    using Clock = std::chrono::steady_clock;
    SurveyOfFile(const SurveyRequest& request, const Options& options) : request_(request), options_(options) {}

    SurveyOutcome run(JobContext& job) {
        SurveyRun survey(request_, job);
        job.begin("Weight spectra", "layers", survey.total());
        try {
            for (bool more = true; more;) {
                more = survey.step(job);
                if (more && survey.result() != written_ && Clock::now() >= next_write_) write(survey.result());
                job.tick(survey.done());
            }
        } catch (const Cancelled&) {
            out_.interrupted = true;
        } catch (...) {
            out_.failure = std::current_exception();
        }
        finish(survey);
        return std::move(out_);
    }

  private:
    // What is whole is kept, marked incomplete where that is not all.
    void finish(const SurveyRun& survey) {
        const auto last = survey.result();
        // The last tick may be where it was told to stop.
        if (last->complete) out_.interrupted = false;
        if (last->models.empty()) {
            if (out_.failure) std::rethrow_exception(out_.failure);
            throw Cancelled();
        }
        if (last != written_) write(last);
    }

    // A job of its own: Ctrl-C does not count here.
    void write(const std::shared_ptr<const SpectraSurvey>& bare) {
        if (bare->models.empty()) return;
        auto survey = std::make_shared<SpectraSurvey>(*bare);
        survey->command = survey_command(request_, options_.out);
        JobContext job;
        const auto begin = Clock::now();
        write_survey(*survey, options_.out, options_.force || on_disk_, job);
        on_disk_ = true;
        next_write_ =
            Clock::now() + std::chrono::duration_cast<Clock::duration>((Clock::now() - begin) / kWritingShare);
        out_.survey = std::move(survey);
        written_ = bare;
    }

    const SurveyRequest& request_;
    const Options& options_;
    SurveyOutcome out_;
    std::shared_ptr<const SpectraSurvey> written_;
    bool on_disk_ = false;
    Clock::time_point next_write_{};
};

int run(const SpectraOptions& options, Console& console) {
    apply(options, console);
    if (options.models.empty()) require({}, "MODEL");
    require(options.out, "--out");
    const SurveyRequest request = survey_request(options);
    check_capture_target(options.out, options.force);
    SurveyOutcome outcome;
    {
        TerminalJob job(console);
        outcome = SurveyOfFile(request, options).run(job.context());
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
