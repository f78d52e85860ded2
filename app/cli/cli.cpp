#include "app/cli/cli.h"

#include <algorithm>
#include <filesystem>

#include "app/cli/console.h"
#include "app/cli/verb.h"
#include "app/engine/guard.h"
#include "model/core/closest_match.h"
#include "model/core/error.h"
#include "model/core/registry.h"

namespace gatescope {
namespace {

constexpr int kFailed = 1, kWrongUsage = 2, kInterrupted = 130;

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    return names;
}

bool has_option(const CLI::App& app, const std::string& name) {
    const std::vector<std::string> names = option_names(app);
    return std::find(names.begin(), names.end(), name) != names.end();
}

// What CLI11 left over: the first option that the verb doesn't take, else the first word too many.
void refuse_leftovers(const CLI::App& app, const CLI::App& program) {
    const std::vector<std::string> left = app.remaining();
    if (left.empty()) return;
    for (const std::string& word : left)
        if (word.size() > 1 && word[0] == '-') {
            const std::string name = word.substr(0, word.find('='));
            for (const CLI::App* verb : program.get_subcommands({}))
                if (has_option(*verb, name))
                    throw Failure(FailureKind::kUsage, app.get_name() + " takes no " + name, {},
                                  "gatescope " + app.get_name() + " --help lists its options");
            const std::string near = closest_match(name, option_names(app));
            throw Failure(FailureKind::kUsage, "unknown option " + name, {},
                          near.empty() ? "gatescope " + app.get_name() + " --help lists the options"
                                       : "did you mean " + near + "?");
        }
    throw Failure(FailureKind::kUsage, "unexpected argument \"" + left[0] + "\"", {},
                  "gatescope " + app.get_name() + " --help shows an example");
}

struct Declared {
    const Verb* verb;
    CLI::App* app;
    std::function<int(Console&)> run;
};

// An app with a subcommand for every verb. CLI11 is asked to let unknown words through: we name them better.
std::vector<Declared> declare_all(CLI::App& app) {
    app.set_version_flag("--version", "gatescope " GATESCOPE_VERSION);
    app.footer(
        "Without a verb, `gatescope [MODEL]` opens the window.\n`gatescope VERB --help` shows a verb's options and an "
        "example.");
    app.require_subcommand(0, 1);  // a second verb's name is a word like any other: `figure sweep.h5 sweep`
    std::vector<Declared> out;
    for (const Verb& verb : verbs()) {
        CLI::App* sub = app.add_subcommand(verb.id, verb.help);
        sub->allow_extras();
        sub->footer("Example:\n  " + verb.example);
        out.push_back({&verb, sub, verb.declare(*sub)});
    }
    return out;
}

int run_verb(int argc, char** argv) {
    CLI::App app("Gatescope: attention gates and routing, looked at closely", "gatescope");
    const std::vector<Declared> declared = declare_all(app);
    Console console;
    if (argc > 1 && argv[1][0] != '-') find_entry(verbs(), argv[1], "verb");
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const auto parsed = app.get_subcommands();
        console.print(parsed.empty() ? app.help() : parsed[0]->help("gatescope"));
        console.finish();
        return 0;
    } catch (const CLI::CallForVersion& version) {
        console.print(std::string(version.what()) + "\n");
        console.finish();
        return 0;
    } catch (const CLI::ExtrasError&) {
        throw Failure(FailureKind::kUsage, "unknown option " + std::string(argv[1]), {},
                      "gatescope --help lists the verbs");
    } catch (const CLI::ArgumentMismatch& error) {
        const std::string words = error.what();
        throw Failure(FailureKind::kUsage, "takes one value", words.substr(0, words.find(':')),
                      "--help shows an example");
    } catch (const CLI::ParseError& error) {
        throw Failure(FailureKind::kUsage, error.what(), {}, "--help shows an example");
    }
    for (const Declared& each : declared) {
        if (!each.app->parsed()) continue;
        refuse_leftovers(*each.app, app);
        const int status = each.run(console);
        console.finish();
        return status;
    }
    throw Failure(FailureKind::kUsage, "no verb given", {}, "gatescope --help lists the verbs");
}

}  // namespace

bool is_command(int argc, char** argv) {
    if (argc < 2) return false;
    const std::string first = argv[1];
    if (first.starts_with("-")) return true;
    for (const Verb& verb : verbs())
        if (verb.id == first) return true;
    std::error_code ignored;
    return first != "sample" && !std::filesystem::exists(first, ignored);
}

int report_current_error(const char* job) {
    FailureKind kind = FailureKind::kInternal;
    try {
        throw;
    } catch (const Cancelled&) {
        print_error_line("interrupted; nothing was written");
        return kInterrupted;
    } catch (const Failure& failure) {
        kind = failure.kind();
        print_error_line(failure.what());
    } catch (...) {
        print_error_line(current_error(job).message);
    }
    return kind == FailureKind::kUsage ? kWrongUsage : kFailed;
}

int run_cli(int argc, char** argv) {
    try {
        return run_verb(argc, argv);
    } catch (...) {
        return report_current_error(argc > 1 ? argv[1] : "gatescope");
    }
}

}  // namespace gatescope
