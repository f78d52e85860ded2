#pragma once
// The options that verbs share. They are kept as text and turned into values once, by the
// functions below, so that every complaint is ours: what was wrong and what is allowed.

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "analysis/results.h"
#include "app/engine/lab_command.h"
#include "app/engine/models.h"

namespace gatescope {

class Console;

struct Options {
    std::string model, text, tokens, out;
    std::string window = "512", windows = "16";
    std::string device = "best", dtype = "float32", threads;
    std::string layers, heads, seed = "0", mask_windows = "1", delta = "0";
    std::vector<std::string> gates;
    bool force = false, json = false, quiet = false;
    bool masks = false, patterns = false, induction = false;
    bool weight_spectra = false, activation_spectra = false, cosines = false, spectra_controls = false;
};

// Groups of options, each of which a verb takes as a whole.
void add_model(CLI::App& app, Options& options);
void add_text(CLI::App& app, Options& options);                          // --text, --tokens
void add_window(CLI::App& app, Options& options);                        // --window
void add_windows(CLI::App& app, Options& options);                       // --window, --windows
void add_device(CLI::App& app, Options& options);                        // --device, --dtype, --threads
void add_gates(CLI::App& app, Options& options);                         // --gate
void add_analysed(CLI::App& app, Options& options);                      // --layers, --heads, --seed
void add_out(CLI::App& app, Options& options, const std::string& what);  // --out, --force
void add_console(CLI::App& app, Options& options);                       // --json, --quiet
void add_run(CLI::App& app, Options& options);                           // text, windows, device, console

// A whole number within limits. Throws Failure(kUsage) naming `option`.
std::int64_t whole_number(const std::string& text, const std::string& option, std::int64_t least, std::int64_t most);

// Whole numbers within limits, separated by commas; none in an empty text. Throws Failure(kUsage) naming `option`.
std::vector<std::int64_t> whole_numbers(const std::string& text, const std::string& option, std::int64_t least,
                                        std::int64_t most);

// What to throw where both were given.
Failure excludes(const std::string& one, const std::string& other, const std::string& hint);
// A seed a number: "0,1,2". Throws Failure(kUsage).
std::vector<std::int64_t> seeds_of(const std::string& text);

// FIELD=VALUE of --set. Throws Failure(kUsage) where it is none.
std::pair<std::string, std::string> change_of(const std::string& change);

// What the texts above mean. All throw Failure(kUsage).
void require(const std::string& value, const std::string& option);
void require_one_text(const Options& options);
std::int64_t window_length(const Options& options);
std::int64_t window_count(const Options& options);  // 0: all
DeviceWish device_wish(const Options& options);
// `parse`: parse_gate(), or parse_swept_gate().
RunRequest run_request(const Options& options, GateSpec (*parse)(const std::string&) = parse_gate);
void apply(const Options& options, Console& console);
RunWords run_words(const Options& options);

}  // namespace gatescope
