#include "app/cli/options.h"

#include <algorithm>
#include <charconv>

#include "app/cli/console.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"

namespace gatescope {
namespace {

constexpr std::int64_t kLongestWindow = std::int64_t{1} << 20;
constexpr std::int64_t kMostWindows = std::int64_t{1} << 40;
constexpr std::int64_t kMostThreads = 1024;
constexpr std::int64_t kMostSeed = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kFarthest = std::int64_t{1} << 40;

SpectraRequest spectra_request(const Options& options, std::int64_t seed) {
    if (options.spectra_controls && !options.weight_spectra)
        throw Failure(FailureKind::kUsage, "there are no weight spectra for them to stand beside", "--spectra-controls",
                      "give --weight-spectra, too");
    SpectraRequest out;
    out.raw = out.folded = options.weight_spectra;
    out.delta = whole_number(options.delta, "--delta", -kFarthest, kFarthest);
    if (out.delta != 0 && !options.weight_spectra)
        throw Failure(FailureKind::kUsage, "there are no weight spectra whose offset it would be", "--delta",
                      "give --weight-spectra, too");
    out.controls = options.spectra_controls;
    out.seed = seed;
    out.activations = options.activation_spectra;
    out.cosines = options.cosines;
    return out;
}

}  // namespace

void add_model(CLI::App& app, Options& options) {
    app.add_option("MODEL", options.model, "a folder with config.json, a file of weights, or the word sample")
        ->type_name("");
}

void add_text(CLI::App& app, Options& options) {
    app.add_option("--text", options.text, "a UTF-8 text file; or the word sample, or sample-train")->type_name("FILE");
    app.add_option("--tokens", options.tokens, "int64 token ids in place of a text")->type_name("FILE.npy");
}

void add_window(CLI::App& app, Options& options) {
    app.add_option("--window", options.window, "tokens in a window")->type_name("T")->capture_default_str();
}

void add_windows(CLI::App& app, Options& options) {
    add_window(app, options);
    app.add_option("--windows", options.windows, "how many windows of the text, or all")
        ->type_name("N")
        ->capture_default_str();
}

void add_device(CLI::App& app, Options& options) {
    app.add_option("--device", options.device, "cpu, cuda, cuda:1 or best")->type_name("DEVICE")->capture_default_str();
    app.add_option("--dtype", options.dtype, "float32 or bfloat16")->type_name("TYPE")->capture_default_str();
    app.add_option("--threads", options.threads, "threads to compute with; all cores unless given")->type_name("N");
}

void add_gates(CLI::App& app, Options& options) {
    app.add_option(
           "--gate", options.gates,
           "a gate, id[:key=value,...][@layers[/heads]][+...]; repeat it for more; `gatescope gates` lists them")
        ->type_name("GATE")
        ->expected(1)
        ->take_all();
}

void add_analysed(CLI::App& app, Options& options) {
    app.add_option("--layers", options.layers, "layers to analyse, as 0-3,7; all unless given")->type_name("LIST");
    app.add_option("--heads", options.heads, "heads to analyse, as 0-3,7; all unless given")->type_name("LIST");
    app.add_option("--seed", options.seed, "of random sequences and controls")->type_name("N")->capture_default_str();
}

void add_run(CLI::App& app, Options& options) {
    add_text(app, options);
    add_windows(app, options);
    add_device(app, options);
    add_console(app, options);
}

void add_out(CLI::App& app, Options& options, const std::string& what) {
    app.add_option("--out", options.out, what)->type_name("FILE");
    app.add_flag("--force", options.force, "overwrite an existing file");
}

void add_console(CLI::App& app, Options& options) {
    app.add_flag("--json", options.json, "print one JSON document and nothing else");
    app.add_flag("--quiet", options.quiet, "no progress, and nothing printed but the result");
}

std::int64_t whole_number(const std::string& text, const std::string& option, std::int64_t least, std::int64_t most) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, status] = std::from_chars(text.data(), end, value);
    if (status != std::errc{} || stopped != end || value < least || value > most)
        throw Failure(FailureKind::kUsage, "\"" + text + "\" is not allowed", option,
                      "it takes a whole number from " + std::to_string(least) +
                          (most == kMostSeed ? "" : " to " + std::to_string(most)));
    return value;
}

std::vector<std::int64_t> whole_numbers(const std::string& text, const std::string& option, std::int64_t least,
                                        std::int64_t most) {
    std::vector<std::int64_t> out;
    for (std::size_t begin = 0; begin <= text.size() && !text.empty();) {
        const std::size_t end = std::min(text.find(',', begin), text.size());
        out.push_back(whole_number(text.substr(begin, end - begin), option, least, most));
        begin = end + 1;
    }
    return out;
}

Failure excludes(const std::string& one, const std::string& other, const std::string& hint) {
    return {FailureKind::kUsage, one + " and " + other + " exclude each other", {}, hint};
}

std::vector<std::int64_t> seeds_of(const std::string& text) {
    constexpr std::int64_t kLargest = (std::int64_t{1} << 53) - 1;  // as in recipe files
    return whole_numbers(text, "--seeds", 0, kLargest);
}

std::pair<std::string, std::string> change_of(const std::string& change) {
    const std::size_t equals = change.find('=');
    if (equals == std::string::npos)
        throw Failure(FailureKind::kUsage, "has no =", "--set " + one_line(change, 60),
                      "write for example --set train.steps=100");
    return {change.substr(0, equals), change.substr(equals + 1)};
}

void require(const std::string& value, const std::string& option) {
    if (value.empty()) throw Failure(FailureKind::kUsage, option + " is missing", {}, "--help shows an example");
}

void require_one_text(const Options& options) {
    if (options.text.empty() == options.tokens.empty())
        throw Failure(FailureKind::kUsage,
                      options.text.empty() ? "--text is missing" : "--text and --tokens exclude each other", {},
                      "give --text FILE, --text sample or --tokens FILE.npy");
}

std::int64_t window_length(const Options& options) {
    return whole_number(options.window, "--window", 2, kLongestWindow);
}

std::int64_t window_count(const Options& options) {
    return options.windows == "all" ? 0 : whole_number(options.windows, "--windows", 1, kMostWindows);
}

DeviceWish device_wish(const Options& options) {
    DeviceWish wish{options.device, options.dtype, 0, window_length(options), false};
    if (!options.threads.empty())
        wish.threads = static_cast<int>(whole_number(options.threads, "--threads", 1, kMostThreads));
    if (const std::vector<std::string> known = {"float32", "bfloat16"};
        std::find(known.begin(), known.end(), wish.dtype) == known.end())
        throw Failure(FailureKind::kUsage, "unknown data type \"" + wish.dtype + "\"", "--dtype",
                      suggestion(wish.dtype, known));
    return wish;
}

RunRequest run_request(const Options& options, GateSpec (*parse)(const std::string&)) {
    RunRequest request;
    request.window_length = window_length(options);
    request.windows = window_count(options);
    request.layers = IndexSet::parse(options.layers, "layers");
    request.heads = IndexSet::parse(options.heads, "heads");
    for (const std::string& text : options.gates) {
        const GateSpec gate = parse(text);
        const auto same = [&gate](const GateSpec& other) { return print_gate(other) == print_gate(gate); };
        if (std::none_of(request.gates.begin(), request.gates.end(), same)) request.gates.push_back(gate);
    }
    request.patterns = options.patterns;
    request.masks = options.masks;
    request.mask_windows = whole_number(options.mask_windows, "--mask-windows", 1, kMostWindows);
    request.induction = options.induction;
    request.seed = whole_number(options.seed, "--seed", 0, kMostSeed);
    request.spectra = spectra_request(options, request.seed);
    return request;
}

RunWords run_words(const Options& options) {
    RunWords words;
    words.model = options.model;
    words.tokens = !options.tokens.empty();
    words.text = words.tokens ? options.tokens : options.text;
    words.window_length = window_length(options);
    words.windows = window_count(options);
    words.device = options.device;
    words.dtype = options.dtype;
    words.layers = options.layers;
    words.heads = options.heads;
    words.out = options.out;
    return words;
}

void apply(const Options& options, Console& console) {
    console.json = options.json;
    console.quiet = options.quiet;
}

}  // namespace gatescope
