#include <nlohmann/json.hpp>

#include "app/cli/job.h"
#include "app/cli/options.h"
#include "app/cli/table.h"
#include "app/cli/verb.h"
#include "app/engine/timings.h"

namespace gatescope {
namespace {

constexpr double kMegabyte = 1e6;

struct BenchOptions {
    Options common;
    std::string long_window = "2048", repeats = "3";
};

std::string text_report(const std::vector<Timing>& timings) {
    std::vector<std::vector<std::string>> rows;
    for (const Timing& timing : timings)
        rows.push_back({timing.name, number("%.3f s", timing.seconds),
                        timing.of_plain > 0 ? number("%.2f x", timing.of_plain) : ""});
    return table({{"what", Align::kLeft}, {"best time"}, {"of plain forward"}}, rows) + "peak memory " +
           number("%.0f MB", static_cast<double>(peak_memory_bytes()) / kMegabyte) + "\n";
}

std::string json_report(const std::vector<Timing>& timings) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const Timing& timing : timings) {
        rows.push_back({{"name", timing.name}, {"seconds", timing.seconds}});
        if (timing.of_plain > 0) rows.back()["of_plain"] = timing.of_plain;
    }
    return nlohmann::ordered_json{{"timings", rows}, {"peak_memory_bytes", peak_memory_bytes()}}.dump(2) + "\n";
}

int run(const BenchOptions& options, Console& console) {
    apply(options.common, console);
    const DeviceWish wish = device_wish(options.common);
    const std::int64_t long_window =
        options.long_window == "0" ? 0 : whole_number(options.long_window, "--long-window", 2, 1 << 20);
    const auto repeats = static_cast<int>(whole_number(options.repeats, "--repeats", 1, 1000));
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
