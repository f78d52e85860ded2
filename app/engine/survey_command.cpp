#include "app/engine/survey_command.h"

#include "app/engine/command_line.h"

namespace gatescope {

std::string survey_command(const SurveyRequest& request, const std::string& out) {
    std::string line = "gatescope spectra";
    for (const std::string& model : request.models) line += " " + shell_quoted(model);
    const auto add = [&line](const char* name, const std::string& value) { line += std::string(" --") + name + value; };
    const SpectraRequest& spectra = request.spectra;
    if (!spectra.folded) add("raw", "");
    if (!spectra.raw) add("folded", "");
    if (spectra.delta != 0) add("delta ", std::to_string(spectra.delta));
    if (spectra.controls) add("controls", "");
    if (spectra.controls && spectra.seed != 0) add("seed ", std::to_string(spectra.seed));
    if (!request.layers.all()) add("layers ", request.layers.print());
    if (!request.heads.all()) add("heads ", request.heads.print());
    if (!out.empty()) add("out ", shell_quoted(out));
    return line;
}

}  // namespace gatescope
