#include "analysis/spectra/components.h"

#include <tuple>

#include "app/cli/components_report.h"
#include "app/cli/job.h"
#include "app/cli/text_run.h"
#include "app/cli/verb.h"
#include "app/engine/command_line.h"
#include "captures/capture.h"
#include "captures/components_file.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 20;

struct ComponentsOptions : Options {
    std::string layer, head, delta = "0", count = "3", per_side = "8", pairs = "5";
};

ComponentsRequest components_request(const ComponentsOptions& options) {
    require(options.layer, "--layer");
    require(options.head, "--head");
    return {.layer = whole_number(options.layer, "--layer", 0, kMost),
            .head = whole_number(options.head, "--head", 0, kMost),
            .delta = whole_number(options.delta, "--delta", 0, kMost),
            .count = whole_number(options.count, "--count", 1, kMostComponents),
            .tokens = whole_number(options.per_side, "--per-side", 1, kMostComponentTokens)};
}

bool has_text(const Options& options) {
    return !options.text.empty() || !options.tokens.empty();
}

std::size_t pair_count(const ComponentsOptions& options) {
    return static_cast<std::size_t>(whole_number(options.pairs, "--pairs", 0, kMostComponentTokens));
}

// What says how a text is run would be ignored without one.
void refuse_without_text(const ComponentsOptions& options) {
    const ComponentsOptions usual;
    for (const auto& [name, given, otherwise] :
         {std::tuple("--window", options.window, usual.window), std::tuple("--pairs", options.pairs, usual.pairs),
          std::tuple("--device", options.device, usual.device), std::tuple("--dtype", options.dtype, usual.dtype)})
        if (given != otherwise)
            throw Failure(FailureKind::kUsage, "there is no text that it would be for", name,
                          "give --text FILE or --tokens FILE.npy, too");
}

void check_options(const ComponentsOptions& options) {
    require(options.model, "MODEL");
    (void)pair_count(options);
    if (has_text(options))
        require_one_text(options);
    else
        refuse_without_text(options);
    if (!options.out.empty()) check_capture_target(options.out, options.force);
}

std::string command_of(const ComponentsOptions& options) {
    std::string out = "gatescope components " + shell_quoted(options.model);
    const auto add = [&out](const char* name, const std::string& value, const std::string& unless = "") {
        if (value != unless) out += std::string(" --") + name + " " + shell_quoted(value);
    };
    const ComponentsOptions usual;
    add("layer", options.layer);
    add("head", options.head);
    add("delta", options.delta, usual.delta);
    add("count", options.count, usual.count);
    add("per-side", options.per_side, usual.per_side);
    add("text", options.text);
    add("tokens", options.tokens);
    if (has_text(options)) {
        add("window", options.window, usual.window);
        add("device", options.device, usual.device);
        add("dtype", options.dtype, usual.dtype);
    }
    add("out", options.out);
    return out;
}

// What came of it, with the model and the text that it is of.
struct Found {
    PreparedRun run;
    std::shared_ptr<const HeadComponents> head;
};

Found find(const ComponentsOptions& options, const ComponentsRequest& request, JobContext& job) {
    Found out;
    if (has_text(options)) {
        RunRequest one = run_request(options);
        one.windows = 1;
        out.run = prepare_run(options, std::move(one), nullptr, job);
    } else {
        out.run.model = open_model(options.model, false, false, device_wish(options), job);
    }
    Model& model = *out.run.model;
    out.head = head_components(*model.reader, model.summary->config, model.tokenizer.get(), request, job);
    if (!has_text(options)) return out;
    load_weights(model, false, device_wish(options), job);
    out.head = with_window(*out.head, *model.reader, *model.transformer, 0, out.run.text->windows.front(), job);
    return out;
}

// With the hash of the weights, for which the whole file is read.
void write(const Found& found, const ComponentsOptions& options, JobContext& job) {
    ComponentsFile file;
    file.model = open_model(options.model, false, true, {}, job)->summary;
    file.heads = {found.head};
    if (found.run.text) {
        file.text_name = found.run.text->name;
        file.text_sha256 = found.run.text->sha256;
        file.pieces = found.run.text->pieces;
    }
    file.command = command_of(options);
    write_components(file, options.out, options.force, job);
}

void report(const Found& found, const ComponentsOptions& options, Console& console) {
    ComponentsReport out{*found.head, *found.run.model->summary, {}, 0};
    if (found.run.text) {
        out.pieces = found.run.text->pieces;
        out.pairs = pair_count(options);
    }
    if (options.json) {
        nlohmann::ordered_json document = components_json(out);
        if (!options.out.empty()) document["capture"] = options.out;
        console.print(document.dump(2) + "\n");
    } else {
        console.print(components_text(out));
        if (!options.out.empty() && !options.quiet) console.print("\nwrote " + options.out + "\n");
    }
}

int run(const ComponentsOptions& options, Console& console) {
    apply(options, console);
    check_options(options);
    const ComponentsRequest request = components_request(options);
    Found found;
    {
        TerminalJob job(console);
        found = find(options, request, job.context());
        if (!options.out.empty()) write(found, options, job.context());
    }
    report(found, options, console);
    return 0;
}

std::function<int(Console&)> declare(CLI::App& app) {
    auto options = std::make_shared<ComponentsOptions>();
    add_model(app, *options);
    app.add_option("--layer", options->layer, "the head's layer")->type_name("L");
    app.add_option("--head", options->head, "the query head")->type_name("H");
    app.add_option("--delta", options->delta, "how far the key lies behind the query, where positions rotate")
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--count", options->count, "planes, and axes")->type_name("N")->capture_default_str();
    app.add_option("--per-side", options->per_side, "tokens of the vocabulary on each side")
        ->type_name("N")
        ->capture_default_str();
    app.add_option("--pairs", options->pairs, "pairs of the text's tokens for each component")
        ->type_name("N")
        ->capture_default_str();
    add_text(app, *options);
    add_window(app, *options);
    add_device(app, *options);
    add_console(app, *options);
    add_out(app, *options, "the capture to write");
    return [options](Console& console) { return run(*options, console); };
}

}  // namespace

Verb components_verb() {
    return {"components",
            "What a head's routing planes and filtering axes do: which tokens attend to which, by its weights and, "
            "with a text, in its first window.",
            "gatescope components sample --layer 0 --head 3 --delta 1 --text sample\n"
            "  Its second plane: \"the\" attends to the \" on\", \" in\" or \" from\" right before it.",
            declare};
}

}  // namespace gatescope
