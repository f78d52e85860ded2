#pragma once
// What the user has typed into the form of a recipe, and what the layout Training shows. Fields are text until they are
// asked for, so that a wrong one keeps what stands in it. Plain data.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gatescope {

struct ArmDraft {
    std::string name;
    std::string changes;  // "gate.kind=soft-learned", one a line
    bool operator==(const ArmDraft&) const = default;
};

struct RecipeDraft {
    std::string source;  // id or path of the recipe that the form was filled from; empty: not filled yet
    std::string name, notes;
    std::map<std::string, std::string> values;  // by field name, every field
    std::vector<ArmDraft> arms;
    std::string seeds = "0";
    std::string folder;  // where the runs go; empty: as suggested
    bool overwrite = false;
    bool operator==(const RecipeDraft&) const = default;
};

struct TrainingView {
    RecipeDraft recipe;
    std::set<std::string> unfolded;   // sections of the form whose advanced fields are shown
    std::string run;                  // folder of the selected run; empty: the one that trains, else the first
    std::set<std::string> hidden;     // folders of runs that are left out of the charts
    std::string figure = "overview";  // of the curves, by id (run_charts.h), or all of them
    bool by_layer = false;
    std::vector<std::string> listed;  // folders of the runs in the list, which the next start opens again
    // Not kept:
    std::string problem;  // why a recipe file could not be read or written
    std::string asked_run;
    std::int64_t asked_step = -1;  // of the checkpoint asked for last
    bool playing = false;          // checkpoints are shown one after the other
    double shown_since = -1;       // seconds; of the one that is shown while they play
};

}  // namespace gatescope
