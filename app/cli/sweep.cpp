#include "analysis/sweep.h"

#include <algorithm>

#include "analysis/abilities.h"
#include "app/cli/job.h"
#include "app/cli/sweep_report.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"
#include "app/engine/earlier_run.h"
#include "captures/capture.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 20;

struct SweepOptions : Options {
    std::map<Swept, std::string> budgets;
    bool resume = false;
};

SweepRequest sweep_request(const SweepOptions& options) {
    SweepRequest request;
    request.gates = run_request(options, parse_swept_gate).gates;
    for (const auto& [swept, text] : options.budgets) {
        if (text.empty()) continue;
        const std::string option = "--" + swept_info(swept).name;
        request.budgets[swept] = whole_numbers(text, option, 1, kMost);
        if (std::none_of(request.gates.begin(), request.gates.end(),
                         [swept](const auto& gate) { return swept_of(gate) == swept; }))
            throw Failure(FailureKind::kUsage, "no gate here is swept over " + swept_info(swept).words, option,
                          "leave it out");
    }
    request.window_length = window_length(options);
    request.windows = window_count(options);
    return request;
}

RunRequest checked_request(const SweepOptions& options) {
    require(options.model, "MODEL");
    require(options.out, "--out");
    require_one_text(options);
    if (options.gates.empty()) require({}, "--gate");
    if (options.resume && options.force)
        throw Failure(FailureKind::kUsage, "--resume and --force exclude each other", {},
                      "--resume goes on with the file, --force begins it anew");
    check_capture_target(options.out, options.force || options.resume);
    RunRequest request = run_request(options, parse_swept_gate);
    const RunRequest points = sweep_run(sweep_request(options));
    request.gates = points.gates;
    request.concentration = points.concentration;
    return request;
}

// One sweep of the command line, from its file and back into it.
class SweepOfFile {
  public:
    SweepOfFile(const SweepOptions& options, RunRequest request, JobContext& job) : options_(options), job_(job) {
        prepared_ = prepare_run(options, std::move(request), why_no_perplexity, job);
        if (options.resume) earlier_ = earlier_run(options.out);
        check_place();
        load_weights(*prepared_.model, true, device_wish(options), job);
        check_place();
        if (earlier_) earlier_ = in_words_of(prepared_.request.gates, *earlier_);
    }

    // False when it was interrupted.
    bool run(const Console& console) {
        Sweep sweep(*prepared_.model->transformer, prepared_.request, prepared_.model->summary, prepared_.text,
                    earlier_);
        result_ = sweep.result();
        for (const std::string& warning : result_->warnings) console.warn(warning);
        job_.begin("Sweeping", "windows", sweep.total());
        written_ = sweep.points_done();
        if (result_->complete) write();  // there is nothing left to measure, but the command is another one
        try {
            while (!result_->complete) {
                sweep.step(job_);
                if (sweep.points_done() != written_) {
                    result_ = sweep.result();
                    written_ = sweep.points_done();
                    write();
                }
                job_.tick(sweep.done());
            }
        } catch (const Cancelled&) {
            return false;
        }
        return true;
    }

    const RunResult& result() const { return *result_; }

  private:
    // Before the weights, of which little is known then, and behind them.
    void check_place() const {
        if (earlier_)
            check_same_place(*earlier_, place_of(*prepared_.model, prepared_.text, prepared_.request), options_.out);
    }

    // A job of its own: what is whole gets written, whatever was asked meanwhile.
    void write() {
        RunResult run = *result_;
        run.command = sweep_command(run_words(options_), sweep_request(options_));
        JobContext job;
        write_capture(run, options_.out, options_.force || options_.resume || on_disk_, job);
        on_disk_ = true;
    }

    const SweepOptions& options_;
    JobContext& job_;
    PreparedRun prepared_;
    std::shared_ptr<const RunResult> earlier_, result_;
    std::int64_t written_ = 0;
    bool on_disk_ = false;
};

int run(const SweepOptions& options, Console& console) {
    apply(options, console);
    RunRequest request = checked_request(options);
    std::shared_ptr<const RunResult> result;
    bool whole = false;
    {
        TerminalJob job(console);
        SweepOfFile sweep(options, std::move(request), job.context());
        whole = sweep.run(console);
        result = std::make_shared<const RunResult>(sweep.result());
    }
    if (!whole && result->gates.empty()) throw Cancelled();
    if (!whole)
        console.warn("interrupted after " + std::to_string(result->gates.size()) + " points; " + options.out +
                     " holds those, and --resume goes on");
    if (options.json) {
        nlohmann::ordered_json document = {{"capture", options.out}};
        document.update(sweep_json(*result));
        console.print(document.dump(2) + "\n");
    } else if (!options.quiet) {
        console.print(sweep_table(*result) + "wrote " + options.out + "\n");
    }
    return whole ? 0 : 130;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<SweepOptions>();
    add_model(app, *options);
    add_run(app, *options);
    add_analysed(app, *options);
    add_gates(app, *options);
    for (const SweptInfo& info : swept_infos())
        app.add_option("--" + info.name, options->budgets[info.swept],
                       info.words + ", as 8,16,32; every gate that has one is measured at each")
            ->type_name("LIST");
    add_out(app, *options, "the capture to write, after every point");
    app.add_flag("--resume", options->resume, "go on with the capture: what it holds is not measured again");
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb sweep_verb() {
    return {"sweep",
            "Perplexity and agreement with the oracle against sparsity or rank, for any set of gates, into a capture.",
            "gatescope sweep sample --text sample --gate oracle:k=64 --gate window:sinks=4,local=60 --k 16,32,64,128 "
            "--out sweep.h5",
            declare};
}

}  // namespace gatescope
