#include "app/window/survey_requests.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "app/engine/survey_command.h"
#include "app/window/file_fields.h"
#include "model/core/last_part.h"

namespace gatescope {

namespace {

void set_paths(SpectraView& view, const std::vector<std::string>& paths) {
    view.survey_models.clear();
    for (const std::string& path : paths) view.survey_models += path + "\n";
}

}  // namespace

std::vector<std::string> survey_paths(const SpectraView& view) {
    std::vector<std::string> out;
    std::istringstream lines(view.survey_models);
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) out.push_back(line);
    return out;
}

void add_survey_path(SpectraView& view, const std::string& path) {
    std::vector<std::string> paths = survey_paths(view);
    if (path.empty() || std::find(paths.begin(), paths.end(), path) != paths.end()) return;
    paths.push_back(path);
    set_paths(view, paths);
}

void drop_survey_path(SpectraView& view, std::size_t place) {
    std::vector<std::string> paths = survey_paths(view);
    paths.erase(paths.begin() + static_cast<std::ptrdiff_t>(place));
    set_paths(view, paths);
}

std::string survey_line(const StartSurvey& survey) {
    SurveyRequest request;
    request.models = survey.models;
    request.spectra = survey.request;
    return survey_command(request, survey.path.empty() ? "survey.h5" : survey.path) +
           (survey.overwrite ? " --force" : "");
}

Checked<StartSurvey> check_survey(const SpectraView& view) {
    Checked<StartSurvey> out;
    StartSurvey& wanted = out.command;
    wanted.models = survey_paths(view);
    wanted.request.raw = wanted.request.folded = true;
    wanted.path = view.survey_path;
    wanted.overwrite = view.survey_overwrite;
    for (const std::string& model : wanted.models)
        if (model != "sample" && !path_exists(model)) out.errors["models"] = last_part(model) + " is not there";
    if (!wanted.path.empty()) check_out_path("path", wanted.path, out.errors);
    out.exists = path_exists(wanted.path);
    if (wanted.models.empty())
        out.why_not = "add a checkpoint";
    else if (!out.errors.empty())
        out.why_not = (out.errors.begin()->first == "path" ? "capture: " : "") + out.errors.begin()->second;
    else if (out.exists && !wanted.overwrite)
        out.why_not = "the capture exists already";
    return out;
}

}  // namespace gatescope
