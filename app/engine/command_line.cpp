#include "app/engine/command_line.h"

#include <algorithm>
#include <string_view>

#include "app/engine/survey_command.h"

namespace gatescope {
namespace {

bool bare(char c) {
    constexpr std::string_view kSafe = "@%+=:,./-_";
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || kSafe.find(c) != std::string_view::npos;
}

std::string option(const std::string& name, const std::string& value) {
    return " --" + name + " " + shell_quoted(value);
}

bool has_induction(const Snapshot& shown) {
    return shown.run && shown.run->concentration && !shown.run->concentration->induction_ids.empty();
}

std::string whole(std::int64_t number) {
    return std::to_string(number);
}

// `gatescope VERB MODEL --text F --window T --windows N`
std::string on_what_is_open(const std::string& verb, const Snapshot& shown, std::int64_t windows) {
    const Settings& settings = shown.settings;
    return "gatescope " + verb + " " + shell_quoted(settings.model_path) +
           option(is_token_file(settings.text_path) ? "tokens" : "text", text_of(shown)) +
           option("window", whole(settings.window_length)) + option("windows", windows == 0 ? "all" : whole(windows));
}

// --weight-spectra means both forms; the line for those shown says no less than they are.
std::string spectra_options(const Snapshot& shown) {
    if (!shown.spectra || !shown.spectra->spectra) return "";
    const SpectraRequest& request = shown.spectra->spectra->request;
    std::string out;
    if (request.weights()) out += " --weight-spectra";
    if (request.weights() && request.delta != 0) out += option("delta", whole(request.delta));
    if (request.controls) out += " --spectra-controls";
    if (request.controls && request.seed != 0) out += option("seed", whole(request.seed));
    if (request.activations) out += " --activation-spectra";
    if (request.cosines) out += " --cosines";
    return out;
}

std::string where(const Settings& settings) {
    return (settings.device == "best" ? "" : option("device", settings.device)) +
           (settings.dtype == "float32" ? "" : option("dtype", settings.dtype));
}

}  // namespace

std::string shell_quoted(const std::string& word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), bare)) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

bool is_token_file(const std::string& path) {
    return path.ends_with(".npy");
}

std::string text_of(const Snapshot& shown) {
    if (!shown.settings.text_path.empty()) return shown.settings.text_path;
    return shown.run && shown.run->text ? shown.run->text->name : "typed.txt";
}

std::string capture_command(const Snapshot& shown) {
    const Settings& settings = shown.settings;
    std::string out = on_what_is_open("capture", shown, settings.windows) + where(settings);
    if (settings.gate_a != "dense") out += option("gate", settings.gate_a);
    if (settings.gate_b != "dense" && settings.gate_b != settings.gate_a) out += option("gate", settings.gate_b);
    if (has_induction(shown)) out += " --induction";
    out += spectra_options(shown);
    return out + option("out", "capture.h5");
}

std::string shown_command(const Snapshot& shown) {
    if (!shown.weights_only || !shown.spectra) return capture_command(shown);
    SurveyRequest survey;
    survey.models = {shown.settings.model_path};
    survey.spectra = shown.spectra->spectra->request;
    return survey_command(survey, "spectra.h5");
}

std::string perplexity_command(const Snapshot& shown, const std::string& gate) {
    return on_what_is_open("perplexity", shown, shown.settings.windows) + where(shown.settings) + option("gate", gate);
}

std::string distill_command(const Snapshot& shown, const StartDistillation& distillation) {
    const DistillRequest& request = distillation.request;
    const DistillRequest usual;
    std::string out = "gatescope distill " + shell_quoted(shown.settings.model_path) + option("text", request.text);
    if (!request.held_out.empty()) out += option("held-out", request.held_out);
    out += option("gate", request.gate) + option("loss", request.loss) + option("k", whole(request.k)) +
           option("steps", whole(request.steps)) + option("gate-dim", whole(request.gate_dim));
    const auto number = [&](const std::string& name, std::int64_t DistillRequest::*field) {
        if (request.*field != usual.*field) out += option(name, whole(request.*field));
    };
    number("block", &DistillRequest::keys_per_block);
    number("index-heads", &DistillRequest::index_heads);
    number("seed", &DistillRequest::seed);
    number("window", &DistillRequest::window_length);
    number("held-out-windows", &DistillRequest::held_out_windows);
    number("sinks", &DistillRequest::sinks);
    number("local", &DistillRequest::local);
    if (request.rope) out += " --rope";
    if (request.learning_rate > 0) out += option("lr", print_value(request.learning_rate));
    if (request.start != usual.start) out += option("start", request.start);
    if (!request.layers.all()) out += option("layers", request.layers.print());
    if (!request.capture.empty()) out += option("capture", request.capture);
    return out + where(shown.settings) + option("out", request.out) + (distillation.overwrite ? " --force" : "");
}

}  // namespace gatescope
