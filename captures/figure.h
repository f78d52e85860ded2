#pragma once
// Paper figures from captures: Python files in captures/figures, run by a python3 that has matplotlib and h5py.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gatescope {

// NAME.py of the folder.
struct FigureInfo {
    std::string id;              // "sweep"
    std::string help;            // what it shows
    bool of_head = false;        // of one head, which may be named
    bool of_runs = false;        // of training runs: takes a folder of them, too
    bool of_experiment = false;  // takes an experiment's folder, too; one chart of it may be named
};

const std::vector<FigureInfo>& figures();

struct FigureRequest {
    // Of training runs: or a run's folder, or one with runs right below it. Of an experiment: or its folder.
    std::filesystem::path capture;
    std::string figure;
    std::filesystem::path out;   // .pdf, .svg or .png
    std::filesystem::path data;  // its numbers, as CSV; empty: none
    bool overwrite = false;
    // Which head a figure of one is of; empty and none: the script chooses.
    std::string model = {};  // of a survey
    std::optional<std::int64_t> layer = {}, head = {};
    std::string chart = {};  // of an experiment: its id; empty: all of them
};

// Throws Failure: kUsage for a figure or a format that there is not, kOutput; kUnsupported where no Python can draw,
// or with the script's own last line. GATESCOPE_PYTHON names another Python than python3 and the system's.
void draw_figure(const FigureRequest& request);

}  // namespace gatescope
