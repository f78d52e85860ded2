#pragma once
// One thing the program does: `gatescope ID ...`. Every verb is one file and one line in verbs.cpp.

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

namespace gatescope {

class Console;

struct Verb {
    std::string id;
    std::string help;     // one sentence
    std::string example;  // a whole command line
    // Declares the verb's options on `app`; what comes back runs the verb once they are parsed. It throws Failure or
    // Cancelled, and returns the exit status otherwise.
    std::function<int(Console&)> (*declare)(CLI::App& app);
};

Verb info_verb();
Verb tokenize_verb();
Verb logits_verb();
Verb capture_verb();
Verb perplexity_verb();
Verb sweep_verb();
Verb sensitivity_verb();
Verb spectra_verb();
Verb figure_verb();
Verb merge_verb();
Verb gates_verb();
Verb components_verb();
Verb distill_verb();
Verb train_verb();
Verb experiment_verb();
Verb bench_verb();

// All verbs, in the order of the help.
const std::vector<Verb>& verbs();

}  // namespace gatescope
