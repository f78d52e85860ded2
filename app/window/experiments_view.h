#pragma once
// What the user has typed into the forms of experiments, and what the layout Experiments shows. Fields are text until
// they are asked for, so that a wrong one keeps what stands in it. Plain data.

#include <map>
#include <string>
#include <vector>

namespace gatescope {

struct ExperimentDraft {
    std::string scale = "tiny";
    std::string model;                          // "sample" or a path; empty: trained here
    std::string seeds;                          // empty: the scale's
    std::map<std::string, std::string> values;  // of experiment_params(), by key; empty: the scale's
    std::string text;                           // empty: the sample's
    std::string changes;                        // of the base recipe: "field=value", one a line
    std::string folder;                         // where it goes; empty: as suggested
    bool overwrite = false;
    bool operator==(const ExperimentDraft&) const = default;
};

struct ExperimentsView {
    std::string experiment;                         // id of the page; empty: the first
    std::map<std::string, ExperimentDraft> drafts;  // by experiment
    std::map<std::string, std::string> shown;       // folder of the one that a page shows, where there are several
    std::string chart;                              // its id; empty: all side by side
    std::string row;                                // of the table: whose details are told; empty: the first
    bool more = false;                              // of the form: fields that seldom need a change
    bool steps = false;                             // the steps one by one
    std::vector<std::string> listed;                // folders and captures, which the next start opens again
};

}  // namespace gatescope
