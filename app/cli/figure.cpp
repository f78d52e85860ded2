#include "captures/figure.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"

namespace gatescope {
namespace {

struct FigureOptions : Options {
    std::string capture, figure, data;
    std::string named_model, layer, head, chart;
};

std::optional<std::int64_t> index(const std::string& text, const std::string& option) {
    if (text.empty()) return std::nullopt;
    return whole_number(text, option, 0, std::numeric_limits<std::int32_t>::max());
}

FigureRequest request_of(const FigureOptions& options) {
    return {options.capture,
            options.figure,
            options.out,
            options.data,
            options.force,
            options.named_model,
            index(options.layer, "--layer"),
            index(options.head, "--head"),
            options.chart};
}

int run(const FigureOptions& options, Console& console) {
    apply(options, console);
    require(options.capture, "CAPTURE");
    require(options.figure, "NAME");
    require(options.out, "--out");
    draw_figure(request_of(options));
    if (options.json)
        console.print(nlohmann::ordered_json{{"figure", options.out}, {"data", options.data}}.dump(2) + "\n");
    else if (!options.quiet)
        console.print("wrote " + options.out + (options.data.empty() ? "" : " and " + options.data) + "\n");
    return 0;
}

std::string figures_help() {
    std::string out = "which figure:";
    for (const FigureInfo& figure : figures()) out += "\n" + figure.id + ": " + figure.help;
    return out;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<FigureOptions>();
    app.add_option("CAPTURE", options->capture,
                   "a capture (.h5); of training also a folder of runs, of experiment its folder");
    app.add_option("NAME", options->figure, figures_help());
    add_out(app, *options, "the figure to write: .pdf, .svg or .png");
    app.add_option("--data", options->data, "also its numbers, as CSV")->type_name("FILE");
    app.add_option("--model", options->named_model, "of one head: which model of a survey")->type_name("NAME");
    app.add_option("--layer", options->layer, "of one head: its layer")->type_name("N");
    app.add_option("--head", options->head, "of one head: which")->type_name("N");
    app.add_option("--chart", options->chart, "of an experiment: one chart of it (all)")->type_name("ID");
    add_console(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb figure_verb() {
    return {"figure", "Draw a paper figure from a capture (with Python's matplotlib and h5py).",
            "gatescope figure sweep.h5 sweep --out sweep.pdf --data sweep.csv", declare};
}

}  // namespace gatescope
