#include "captures/figure.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "captures/capture.h"
#include "captures/child_program.h"
#include "captures/experiment_file.h"
#include "captures/survey.h"
#include "model/core/output_file.h"
#include "model/core/registry.h"
#include "model/core/scratch_folder.h"

namespace gatescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormats[] = {".pdf", ".svg", ".png"};

void check_format(const fs::path& out) {
    const std::string ending = out.extension().string();
    if (std::ranges::find(kFormats, ending) == std::end(kFormats))
        throw Failure(FailureKind::kUsage, "is no format of a figure", "--out " + out.string(),
                      "end the name in .pdf, .svg or .png");
}

// What the figure is drawn from: the capture, or the run.h5 of every run in a folder.
std::vector<fs::path> captures_of(const FigureRequest& request, const FigureInfo& info) {
    std::error_code ignored;
    if (!fs::is_directory(request.capture, ignored)) return {request.capture};
    if (info.of_experiment) return {request.capture / "experiment.h5"};
    if (!info.of_runs) return {request.capture};
    const fs::path own = request.capture / "run.h5";
    if (fs::exists(own, ignored)) return {own};
    std::vector<fs::path> out;
    for (const auto& entry : fs::directory_iterator(request.capture, ignored))
        if (fs::exists(entry.path() / "run.h5", ignored)) out.push_back(entry.path() / "run.h5");
    if (out.empty())
        throw Failure(FailureKind::kNotFound, "has no run.h5, nor a folder with one", request.capture.string(),
                      "a run writes it with its first report");
    std::ranges::sort(out);
    return out;
}

// --force is for what a figure left before, not for the capture that it is drawn from.
void check_data(const FigureRequest& request, const std::vector<fs::path>& captures) {
    if (request.data.empty()) return;
    const bool is_out = fs::absolute(request.data) == fs::absolute(request.out);
    const bool is_source = std::ranges::any_of(captures, [&](const fs::path& capture) {
        std::error_code ignored;
        return fs::equivalent(request.data, capture, ignored);
    });
    if (is_out || is_source)
        throw Failure(FailureKind::kUsage, is_out ? "is the file of --out, too" : "is the capture itself",
                      "--data " + request.data.string(), "give it a name of its own");
    check_output_target(request.data, request.overwrite);
}

std::vector<std::pair<std::string, std::string>> head_options(const FigureRequest& request) {
    std::vector<std::pair<std::string, std::string>> out;
    if (!request.model.empty()) out.emplace_back("--model", request.model);
    if (request.layer) out.emplace_back("--layer", std::to_string(*request.layer));
    if (request.head) out.emplace_back("--head", std::to_string(*request.head));
    return out;
}

void check_part(const FigureRequest& request, const FigureInfo& info) {
    if (!info.of_experiment && !request.chart.empty())
        throw Failure(FailureKind::kUsage, "the figure " + info.id + " is not of an experiment's charts", "--chart");
    if (const auto named = head_options(request); !info.of_head && !named.empty())
        throw Failure(FailureKind::kUsage, "the figure " + info.id + " is not of one head", named[0].first);
}

// Its complaints name the place; the script's would not.
void check_capture(const fs::path& capture) {
    if (is_survey(capture))
        (void)read_survey(capture);
    else if (is_experiment(capture))
        (void)read_experiment(capture);
    else
        (void)read_capture(capture);
}

std::string last_line(std::string text) {
    text.resize(text.find_last_not_of(" \n") + 1);
    if (text.empty()) return "it says nothing";
    const std::size_t newline = text.rfind('\n');
    return newline == std::string::npos ? text : text.substr(newline + 1);
}

// The first of GATESCOPE_PYTHON or python3 and the system's own that can draw.
std::string find_python(const fs::path& script) {
    const char* named = std::getenv("GATESCOPE_PYTHON");
    std::vector<std::string> candidates = {"python3", "/usr/bin/python3"};
    if (named != nullptr && *named != 0) candidates = {named};
    std::string faults;
    for (const std::string& python : candidates) {
        const ProgramEnd end = run_program({python, "-c", "import h5py, matplotlib"});
        if (end.status == 0) return python;
        faults += (faults.empty() ? "" : ", ") + python + " " +
                  (end.status == 127 ? "is not there" : "can't draw (" + last_line(end.errors) + ")");
    }
    throw Failure(FailureKind::kUnsupported, faults, "figure",
                  "apt-get install python3-h5py python3-matplotlib, or name a Python that has both in "
                  "GATESCOPE_PYTHON; " +
                      script.string() + " runs alone, too");
}

void publish(const fs::path& made, const fs::path& target, bool overwrite) {
    std::ifstream file(made, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty()) throw Failure(FailureKind::kUnsupported, "the figure's script left nothing", target.string());
    write_output_file(target, bytes, overwrite);
}

}  // namespace

const std::vector<FigureInfo>& figures() {
    static const std::vector<FigureInfo> all = {
        {"sweep", "perplexity and agreement against sparsity, a line a gate"},
        {"distillation", "loss, agreement and deployed perplexity of trainings by step"},
        {.id = "training",
         .help =
             "training runs by step: loss, held-out perplexity, gradient norms; seeds of an arm as mean and deviation",
         .of_runs = true},
        {"sensitivity", "what sparsifying one layer or head alone costs, and the budgets that follow"},
        {"spectrum", "the values of a head's kernel, routing and filtering, and the energy in the leading ones", true},
        {"routing", "how much of each layer routes and how much filters, a panel a checkpoint"},
        {"depth", "effective rank of routing and of filtering by depth, a line a checkpoint"},
        {"rank", "perplexity against the rank that is left of the kernels, and the rank that keeps 99 %"},
        {.id = "experiment",
         .help = "the charts of an experiment, beside the paper's numbers: bars by arm, lines with intervals, the gap",
         .of_experiment = true}};
    return all;
}

void draw_figure(const FigureRequest& request) {
    const FigureInfo& info = find_entry(figures(), request.figure, "figure");
    check_format(request.out);
    check_part(request, info);
    check_output_target(request.out, request.overwrite);
    const std::vector<fs::path> captures = captures_of(request, info);
    check_data(request, captures);
    for (const fs::path& capture : captures) check_capture(capture);
    const fs::path script = fs::path(GATESCOPE_FIGURES_FOLDER) / (info.id + ".py");
    const std::string python = find_python(script);
    const ScratchFolder scratch("figure");  // what a script leaves half done is nobody's
    const fs::path drawn = scratch.path() / ("figure" + request.out.extension().string());
    const fs::path numbers = scratch.path() / "numbers.csv";
    std::vector<std::string> words = {python, script};
    for (const fs::path& capture : captures) words.push_back(fs::absolute(capture));
    words.insert(words.end(), {"--out", drawn});
    if (!request.data.empty()) words.insert(words.end(), {"--data", numbers});
    for (const auto& [option, value] : head_options(request)) words.insert(words.end(), {option, value});
    if (!request.chart.empty()) words.insert(words.end(), {"--chart", request.chart});
    const ProgramEnd end = run_program(words);
    if (end.status != 0) throw Failure(FailureKind::kUnsupported, last_line(end.errors), "figure " + info.id);
    publish(drawn, request.out, request.overwrite);
    if (!request.data.empty()) publish(numbers, request.data, request.overwrite);
}

}  // namespace gatescope
