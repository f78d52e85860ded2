#include "app/engine/experiments/experiment_command.h"

#include <algorithm>

#include "app/engine/command_line.h"

namespace gatescope {
namespace {

// "tune_steps" -> " --tune-steps 100"
std::string option(std::string key, const std::string& value) {
    std::replace(key.begin(), key.end(), '_', '-');
    return " --" + key + " " + shell_quoted(value);
}

std::string scale_words(const ExperimentSetting& setting) {
    if (setting.scale == "quick") return " --quick";
    return setting.scale == (setting.model.empty() ? "tiny" : "checkpoint") ? "" : option("scale", setting.scale);
}

}  // namespace

std::string experiment_command(const ExperimentSetting& setting, const std::string& folder, const std::string& device,
                               bool overwrite) {
    std::string out = "gatescope experiment " + shell_quoted(setting.experiment);
    if (!setting.model.empty()) out += option("model", setting.model);
    out += scale_words(setting);
    std::string seeds;
    for (const std::int64_t seed : setting.seeds) seeds += (seeds.empty() ? "" : ",") + std::to_string(seed);
    if (!seeds.empty()) out += option("seeds", seeds);
    for (const auto& [key, value] : setting.values) out += option(key, print_value(value));
    for (const std::string& change : setting.changes) out += option("set", change);
    if (device != "best") out += option("device", device);
    if (!folder.empty()) out += option("out", folder);
    return out + (overwrite ? " --force" : "");
}

}  // namespace gatescope
