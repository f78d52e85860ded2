#include "captures/figure.h"

#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/cli/verb.h"

namespace gatescope {
namespace {

struct FigureOptions : Options {
    std::string capture, figure, data;
};

int run(const FigureOptions& options, Console& console) {
    apply(options, console);
    require(options.capture, "CAPTURE");
    require(options.figure, "NAME");
    require(options.out, "--out");
    draw_figure({options.capture, options.figure, options.out, options.data, options.force});
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
    app.add_option("CAPTURE", options->capture, "a capture (.h5)");
    app.add_option("NAME", options->figure, figures_help());
    add_out(app, *options, "the figure to write: .pdf, .svg or .png");
    app.add_option("--data", options->data, "also its numbers, as CSV")->type_name("FILE");
    add_console(app, *options);
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb figure_verb() {
    return {"figure", "Draw a paper figure from a capture (with Python's matplotlib and h5py).",
            "gatescope figure sweep.h5 sweep --out sweep.pdf --data sweep.csv", declare};
}

}  // namespace gatescope
