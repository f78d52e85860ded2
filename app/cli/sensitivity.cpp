#include "analysis/sensitivity.h"

#include <charconv>

#include "analysis/abilities.h"
#include "app/cli/job.h"
#include "app/cli/perplexity_report.h"
#include "app/cli/sensitivity_report.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"
#include "app/engine/earlier_run.h"
#include "captures/capture.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 20;

// Of what is swept of the gate; empty: what is usual.
struct BudgetOptions {
    std::string list, mean, head;
};

struct SensitivityOptions : Options {
    std::map<Swept, BudgetOptions> budgets;
    bool heads_alone = false, resume = false;
    SensitivityOptions() { windows = "2"; }
};

std::string joined(const std::vector<std::int64_t>& numbers) {
    std::string out;
    for (const std::int64_t number : numbers) out += (out.empty() ? "" : ",") + std::to_string(number);
    return out;
}

double positive_number(const std::string& text, const std::string& option) {
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stopped != end || !(value >= 1) || value > static_cast<double>(kMost))
        throw Failure(FailureKind::kUsage, "\"" + text + "\" is not allowed", option,
                      "it takes a number from 1 to " + std::to_string(kMost));
    return value;
}

GateTerm one_gate(const SensitivityOptions& options) {
    if (options.gates.empty()) require({}, "--gate");
    const GateSpec gate = parse_swept_gate(options.gates.front());
    if (options.gates.size() > 1 || gate.terms.size() > 1)
        throw Failure(FailureKind::kUsage, "is more than one gate", "--gate " + options.gates.back(),
                      "a map is of one gate, put on one layer at a time");
    return gate.terms.front();
}

void read_budgets(const BudgetOptions& given, const SweptInfo& info, SensitivityRequest& request) {
    request.budgets = given.list.empty() ? info.usual : whole_numbers(given.list, "--" + info.name, 1, kMost);
    request.mean_budget =
        given.mean.empty() ? static_cast<double>(info.usual_mean) : positive_number(given.mean, "--mean-" + info.name);
    request.head_budget =
        given.head.empty() ? info.usual_head : whole_number(given.head, "--head-" + info.name, 1, kMost);
}

// Budgets of a kind that the gate has not would be ignored.
void refuse_other_budgets(const SensitivityOptions& options, Swept swept) {
    for (const auto& [kind, given] : options.budgets) {
        if (kind == swept) continue;
        const std::string& name = swept_info(kind).name;
        for (const auto& [option, text] :
             {std::pair{"--", given.list}, std::pair{"--mean-", given.mean}, std::pair{"--head-", given.head}})
            if (!text.empty())
                throw Failure(FailureKind::kUsage, "the gate is not swept over " + swept_info(kind).words,
                              option + name, "leave it out");
    }
}

SensitivityRequest sensitivity_request(const SensitivityOptions& options) {
    SensitivityRequest request;
    request.gate = one_gate(options);
    const Swept swept = swept_of({{request.gate}});
    refuse_other_budgets(options, swept);
    if (swept != Swept::kNothing) read_budgets(options.budgets.at(swept), swept_info(swept), request);
    request.each_head = options.heads_alone;
    request.windows = window_count(options);
    request.window_length = window_length(options);
    return checked_sensitivity(request);
}

void check_options(const SensitivityOptions& options) {
    require(options.model, "MODEL");
    require(options.out, "--out");
    require_one_text(options);
    if (options.resume && options.force)
        throw Failure(FailureKind::kUsage, "--resume and --force exclude each other", {},
                      "--resume goes on with the file, --force begins it anew");
    check_capture_target(options.out, options.force || options.resume);
}

RunRequest bare_run(const Options& options) {
    RunRequest request = run_request(options, parse_swept_gate);
    request.concentration = request.agreement = false;
    return request;
}

// One map of the command line, from its file and back into it.
class MapOfFile {
  public:
    MapOfFile(const SensitivityOptions& options, SensitivityRequest request, JobContext& job)
        : options_(options), request_(std::move(request)), job_(job) {
        prepared_ = prepare_run(options, bare_run(options), why_no_perplexity, job);
        if (options.resume) earlier_ = earlier_run(options.out);
        check_place();
        load_weights(*prepared_.model, true, device_wish(options), job);
        check_place();
    }

    // False when it was interrupted.
    bool run() {
        Sensitivity map(*prepared_.model->transformer, request_, prepared_.text, earlier_map());
        job_.begin("Sensitivity", "windows", map.total());
        const std::int64_t there = map.points_done();
        std::int64_t written = there;
        picture(map);
        try {
            for (bool more = true; more;) {
                more = map.step(job_);
                if (map.points_done() != written || !more) {
                    written = map.points_done();
                    picture(map);
                    write();
                }
                job_.tick(map.done());
            }
        } catch (const Cancelled&) {
            if (written == there && !earlier_) throw;
            return result_->complete;
        }
        return true;
    }

    std::shared_ptr<const RunResult> result() const { return result_; }

  private:
    // Before the weights, of which little is known then, and behind them.
    void check_place() const {
        if (earlier_)
            check_same_place(*earlier_, place_of(*prepared_.model, prepared_.text, prepared_.request), options_.out);
    }

    std::shared_ptr<const SensitivityResult> earlier_map() const {
        if (!earlier_ || !earlier_->sensitivity) return nullptr;
        auto map = in_words_of(request_, *earlier_->sensitivity);
        if (!same_sensitivity(map->request, request_))
            throw Failure(FailureKind::kUsage, "holds the map of " + print_gate({{map->request.gate}}), options_.out,
                          "go on with that gate's very file, on as many windows, or give another --out");
        return map;
    }

    // What else is in the file stays there.
    void picture(const Sensitivity& map) {
        auto run = earlier_ ? std::make_shared<RunResult>(*earlier_) : std::make_shared<RunResult>();
        if (!earlier_) run->request = prepared_.request;
        run->model = prepared_.model->summary;
        run->text = prepared_.text;
        const RunPlace place = place_of(*prepared_.model, prepared_.text, prepared_.request);
        run->device = place.device;
        run->dtype = place.dtype;
        if (!map.dense().token_nll.empty()) {
            run->dense = map.dense();
            run->windows_done = std::ssize(run->dense.token_nll);
        }
        run->sensitivity = map.result();
        run->complete = run->sensitivity->done == run->sensitivity->total;
        run->command = sensitivity_command(run_words(options_), request_);
        result_ = std::move(run);
    }

    // A job of its own: what is whole gets written, whatever was asked meanwhile.
    void write() {
        JobContext job;
        RunResult run = *result_;
        run.sensitivity = with_named_files(*run.sensitivity, file_sha256_);
        write_capture(run, options_.out, options_.force || options_.resume || on_disk_, job);
        on_disk_ = true;
    }

    const SensitivityOptions& options_;
    SensitivityRequest request_;
    JobContext& job_;
    std::map<std::string, std::string> file_sha256_ = hashes_of_files({{request_.gate}});  // by path
    PreparedRun prepared_;
    std::shared_ptr<const RunResult> earlier_, result_;
    bool on_disk_ = false;
};

void report(const RunResult& run, const SensitivityOptions& options, Console& console) {
    if (options.json) {
        nlohmann::ordered_json document = {{"capture", options.out}};
        document.update(sensitivity_json(run));
        console.print(document.dump(2) + "\n");
    } else if (!options.quiet) {
        console.print(sensitivity_table(*run.sensitivity) +
                      caution_lines({{run.sensitivity->request.gate}}, run.model->config) + "wrote " + options.out +
                      "\n");
    }
}

int run(const SensitivityOptions& options, Console& console) {
    apply(options, console);
    check_options(options);
    std::shared_ptr<const RunResult> result;
    bool whole = false;
    {
        SensitivityRequest request = sensitivity_request(options);
        TerminalJob job(console);
        MapOfFile map(options, std::move(request), job.context());
        whole = map.run();
        result = map.result();
    }
    if (!whole)
        console.warn("interrupted after " + std::to_string(result->sensitivity->done) + " of " +
                     std::to_string(result->sensitivity->total) + " points; " + options.out +
                     " holds those, and --resume goes on");
    report(*result, options, console);
    return whole ? 0 : 130;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<SensitivityOptions>();
    add_model(app, *options);
    add_run(app, *options);
    add_gates(app, *options);
    for (const SweptInfo& info : swept_infos()) {
        BudgetOptions& budgets = options->budgets[info.swept];
        app.add_option("--" + info.name, budgets.list, info.words + " that each layer is measured at, alone")
            ->type_name("LIST")
            ->default_str(joined(info.usual));
        app.add_option("--mean-" + info.name, budgets.mean, "the budget to spread: mean " + info.name + " over layers")
            ->type_name("N")
            ->default_str(std::to_string(info.usual_mean));
        app.add_option("--head-" + info.name, budgets.head, "the " + info.name + " of heads alone")
            ->type_name("N")
            ->default_str(std::to_string(info.usual_head));
    }
    app.add_flag("--heads-alone", options->heads_alone, "also each head alone");
    add_out(app, *options, "the capture to write, after every point");
    app.add_flag("--resume", options->resume, "go on with the capture: what it holds is not measured again");
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb sensitivity_verb() {
    return {"sensitivity",
            "What a gate costs on each layer alone, at every budget, and how a budget is best spread over layers.",
            "gatescope sensitivity sample --text sample --gate oracle:k=64 --k 8,16,32,64 --mean-k 32 --out map.h5",
            declare};
}

}  // namespace gatescope
