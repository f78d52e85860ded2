#include <nlohmann/json.hpp>

#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"
#include "app/engine/load_timing.h"
#include "app/engine/text_table.h"
#include "app/engine/timings.h"
#include "app/engine/training_timings.h"

namespace gatescope {
namespace {

constexpr double kMegabyte = 1e6;

struct BenchOptions {
    Options common;
    std::string long_window = "2048", repeats = "3", load_size = "1200";
    bool load = false, cpu_time = false;
    std::string train, batch = "8";
    std::vector<std::string> gates, precisions;
};

std::string text_report(const std::vector<Timing>& timings) {
    std::vector<std::vector<std::string>> rows;
    for (const Timing& timing : timings)
        rows.push_back({timing.name, number("%.3f s", timing.seconds),
                        timing.times > 0 ? number("%.2f x", timing.times) : "", timing.of});
    return table({{"what", Align::kLeft}, {"best time"}, {"times"}, {"of", Align::kLeft}}, rows) + "peak memory " +
           number("%.0f MB", static_cast<double>(peak_memory_bytes()) / kMegabyte) + "\n";
}

std::string json_report(const std::vector<Timing>& timings) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Timing& timing : timings) {
        rows.push_back({{"name", timing.name}, {"seconds", timing.seconds}});
        if (timing.times > 0) {
            rows.back()["times"] = timing.times;
            rows.back()["of"] = timing.of;
        }
    }
    return nlohmann::ordered_json{{"timings", rows}, {"peak_memory_bytes", peak_memory_bytes()}}.dump(2) + "\n";
}

std::string load_text(const std::vector<LoadTiming>& timings) {
    std::vector<std::vector<std::string>> rows;
    for (const LoadTiming& timing : timings)
        rows.push_back(
            {timing.name, number("%.0f MB", static_cast<double>(timing.file_bytes) / kMegabyte),
             number("%.3f s", timing.read_seconds), number("%.3f s", timing.load_seconds),
             number("%.2f x", timing.load_seconds / timing.read_seconds),
             number("%.0f MB", static_cast<double>(timing.peak_bytes) / kMegabyte),
             number("%.2f x", static_cast<double>(timing.peak_bytes) / static_cast<double>(timing.file_bytes))});
    return table({{"weights", Align::kLeft}, {"file"}, {"read once"}, {"load"}, {"of reading"}, {"peak"}, {"of file"}},
                 rows);
}

std::string load_json(const std::vector<LoadTiming>& timings) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const LoadTiming& timing : timings)
        rows.push_back({{"name", timing.name},
                        {"file_bytes", timing.file_bytes},
                        {"read_seconds", timing.read_seconds},
                        {"load_seconds", timing.load_seconds},
                        {"peak_bytes", timing.peak_bytes}});
    return nlohmann::ordered_json{{"loading", rows}}.dump(2) + "\n";
}

int run_load(const BenchOptions& options, const DeviceWish& wish, int repeats, Console& console) {
    const std::int64_t megabytes = whole_number(options.load_size, "--load-size", 1, 1'000'000);
    TerminalJob job(console);
    const auto timings = time_loading(static_cast<std::uint64_t>(megabytes) * 1'000'000, repeats, wish, job.context());
    console.print(options.common.json ? load_json(timings) : load_text(timings));
    return 0;
}

std::string train_text(const std::vector<TrainingTiming>& timings) {
    std::vector<std::vector<std::string>> rows;
    for (const TrainingTiming& timing : timings)
        rows.push_back({timing.precision, timing.gate, number("%.3f s", timing.seconds),
                        number("%.3f s", timing.median_seconds), number("%.0f", timing.tokens / timing.seconds),
                        timing.times_dense > 0 ? number("%.2f x", timing.times_dense) : ""});
    return table(
        {{"precision", Align::kLeft}, {"gate", Align::kLeft}, {"best step"}, {"median"}, {"tokens/s"}, {"of dense"}},
        rows);
}

std::string train_json(const std::vector<TrainingTiming>& timings) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const TrainingTiming& timing : timings)
        rows.push_back({{"precision", timing.precision},
                        {"gate", timing.gate},
                        {"seconds", timing.seconds},
                        {"median_seconds", timing.median_seconds},
                        {"times_dense", timing.times_dense},
                        {"tokens", timing.tokens}});
    return nlohmann::ordered_json{{"training", rows}}.dump(2) + "\n";
}

int run_train(const BenchOptions& options, const DeviceWish& wish, int repeats, Console& console) {
    TrainingTimingRequest request;
    request.recipe = options.train;
    request.batch = whole_number(options.batch, "--batch", 1, 1 << 16);
    request.repeats = repeats;
    request.cpu_time = options.cpu_time;
    if (!options.gates.empty()) request.gates = options.gates;
    if (!options.precisions.empty()) request.precisions = options.precisions;
    TerminalJob job(console);
    const auto timings = time_training(request, wish, job.context());
    console.print(options.common.json ? train_json(timings) : train_text(timings));
    return 0;
}

int run(const BenchOptions& options, Console& console) {
    apply(options.common, console);
    const DeviceWish wish = device_wish(options.common);
    const std::int64_t long_window =
        options.long_window == "0" ? 0 : whole_number(options.long_window, "--long-window", 2, 1 << 20);
    const auto repeats = static_cast<int>(whole_number(options.repeats, "--repeats", 1, 1000));
    if (options.load) return run_load(options, wish, repeats, console);
    if (!options.train.empty()) return run_train(options, wish, repeats, console);
    TerminalJob job(console);
    const std::vector<Timing> timings =
        time_parts(options.common.model, options.common.text, wish, long_window, repeats, job.context());
    console.print(options.common.json ? json_report(timings) : text_report(timings));
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<BenchOptions>();
    options->common.model = options->common.text = "sample";
    add_model(app, options->common);
    app.add_option("--text", options->common.text, "a UTF-8 text file; or the word sample")->type_name("FILE");
    app.add_option("--long-window", options->long_window, "tokens of the long window; 0 leaves it out")
        ->type_name("T")
        ->capture_default_str();
    app.add_option("--repeats", options->repeats, "runs of which the best counts")
        ->type_name("N")
        ->capture_default_str();
    app.add_flag("--load", options->load, "times loading alone, of random weights made for it in the temporary folder");
    app.add_option("--load-size", options->load_size, "megabytes of such weights")
        ->type_name("MB")
        ->capture_default_str();
    app.add_option("--train", options->train, "times steps of training alone, of this recipe's model on random ids")
        ->type_name("RECIPE");
    app.add_option("--batch", options->batch, "windows of such a step")->type_name("N")->capture_default_str();
    app.add_option("--train-gate", options->gates, "gates of such steps; dense, soft and hard ones unless given")
        ->type_name("GATE");
    app.add_flag("--cpu-time", options->cpu_time, "such steps by the time of all threads, not by the clock");
    app.add_option("--precision", options->precisions, "of such steps: float32, bfloat16; both unless given")
        ->type_name("P");
    app.add_option("--device", options->common.device, "cpu, cuda, cuda:1 or best")
        ->type_name("DEVICE")
        ->capture_default_str();
    app.add_option("--threads", options->common.threads, "threads to compute with; all cores unless given")
        ->type_name("N");
    add_console(app, options->common);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb bench_verb() {
    return {"bench", "What loading, passes, gates and analyses cost on this machine.", "gatescope bench sample",
            declare};
}

}  // namespace gatescope
