#include "app/window/lab_requests.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "analysis/abilities.h"
#include "analysis/sensitivity.h"
#include "analysis/sweep.h"
#include "app/engine/command_line.h"
#include "app/engine/lab_command.h"
#include "app/window/file_fields.h"
#include "app/window/widgets/text.h"
#include "model/core/error.h"

namespace gatescope {

namespace {

namespace fs = std::filesystem;

template <typename Number>
bool parse(const std::string& text, Number& out) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    return problem == std::errc() && end == text.data() + text.size();
}

void read_whole(const std::string& key, const std::string& text, std::int64_t least, std::int64_t most,
                std::int64_t& out, FieldErrors& errors) {
    if (!parse(text, out) || out < least || out > most)
        errors[key] = "a whole number, " + grouped(least) + " to " + grouped(most);
}

std::vector<std::int64_t> read_budgets(const std::string& text, const SweptInfo& info, FieldErrors& errors) {
    std::vector<std::int64_t> out;
    const std::string allowed = info.words + ", as in 8,16,32";
    for (std::size_t from = 0; from <= text.size();) {
        const std::size_t comma = std::min(text.find_first_of(", ", from), text.size());
        const std::string word = text.substr(from, comma - from);
        from = comma + 1;
        if (word.empty()) continue;
        std::int64_t budget = 0;
        if (!parse(word, budget) || budget < 1 || budget > 1'000'000) {
            errors[info.name] = "\"" + shortened(word, 16) + "\": " + allowed;
            return {};
        }
        out.push_back(budget);
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end()), out.end());
    if (out.empty()) errors[info.name] = allowed;
    return out;
}

void check_text(const std::string& key, const std::string& path, FieldErrors& errors) {
    std::error_code ignored;
    if (path.empty() || path == "sample" || path == "sample-train") return;
    if (!fs::exists(path, ignored))
        errors[key] = "there is no such file";
    else if (fs::is_directory(path, ignored))
        errors[key] = "a folder, not a text";
}

// Why nothing can be run on what is open.
std::string why_nothing_runs(const Snapshot& snapshot) {
    if (snapshot.model == nullptr) return "no model is open";
    if (snapshot.weights_only) return "the model's weights are not loaded";
    if (std::string why = why_no_gates(snapshot.model->config); !why.empty()) return why;
    return why_no_perplexity(snapshot.model->config);
}

std::string named(const FieldErrors& errors, const std::vector<std::pair<std::string, std::string>>& labels) {
    for (const auto& [key, label] : labels)
        if (const auto found = errors.find(key); found != errors.end()) return label + ": " + found->second;
    return errors.empty() ? "" : errors.begin()->second;
}

// A training that is not over yet has its file still to write.
bool awaited(const Snapshot& snapshot, const std::string& path) {
    if (snapshot.distillation == nullptr || snapshot.distillation->request.out != path) return false;
    return snapshot.distillation->status == "running" || snapshot.distillation->status == "paused";
}

std::string suggested(const Snapshot& snapshot, const std::string& what, const std::string& ending, bool free) {
    const std::string model = snapshot.model == nullptr ? "model" : fs::path(snapshot.model->name).stem().string();
    std::error_code ignored;
    const fs::path folder = fs::current_path(ignored);
    fs::path out = folder / (what + "-" + model + ending);
    for (int number = 2; free && number < 100 && (path_exists(out.string()) || awaited(snapshot, out.string()));
         ++number)
        out = folder / (what + "-" + model + "-" + std::to_string(number) + ending);
    return out.string();
}

void read_sizes(const DistillDraft& draft, DistillRequest& request, FieldErrors& errors) {
    read_whole("k", draft.k, 1, 1'000'000, request.k, errors);
    read_whole("steps", draft.steps, 1, 10'000'000, request.steps, errors);
    read_whole("gate_dim", draft.gate_dim, 1, 4096, request.gate_dim, errors);
    read_whole("keys_per_block", draft.keys_per_block, 1, 1'000'000, request.keys_per_block, errors);
    read_whole("index_heads", draft.index_heads, 1, 1024, request.index_heads, errors);
    read_whole("sinks", draft.sinks, 0, 1'000'000, request.sinks, errors);
    read_whole("local", draft.local, 0, 1'000'000, request.local, errors);
    read_whole("seed", draft.seed, 0, 1'000'000'000, request.seed, errors);
    read_whole("held_out_windows", draft.held_out_windows, 1, 100'000, request.held_out_windows, errors);
    if (!draft.learning_rate.empty() &&
        (!parse(draft.learning_rate, request.learning_rate) || !(request.learning_rate > 0)))
        errors["learning_rate"] = "a number above 0, or nothing for the gate's own";
    if (request.sinks + request.local > request.k && !errors.contains("k"))
        errors["sinks"] = "sinks and local keys exceed k";
}

void read_layers(const Snapshot& snapshot, const DistillDraft& draft, DistillRequest& request, FieldErrors& errors) {
    try {
        request.layers = IndexSet::parse(draft.layers == "all" ? "" : draft.layers, "layers");
        if (snapshot.model != nullptr) request.layers.check(snapshot.model->config.n_layers, "layers");
    } catch (const Failure& failure) {
        errors["layers"] = failure.what();
    }
}

std::string why_not_through_the_mask(const std::string& gate) {
    return gate_info(gate).traits.hard ? "a hard set passes no gradient: choose KL or BCE"
                                       : "gates are distilled by KL or BCE: choose one";
}

RunWords run_words(const Snapshot& snapshot, std::int64_t windows) {
    const Settings& settings = snapshot.settings;
    RunWords out;
    out.model = settings.model_path;
    out.text = text_of(snapshot);
    out.tokens = is_token_file(settings.text_path);
    out.window_length = settings.window_length, out.windows = windows;
    out.device = settings.device, out.dtype = settings.dtype;
    return out;
}

}  // namespace

std::vector<const GateInfo*> distillable_gates() {
    std::vector<const GateInfo*> out;
    for (const GateInfo& info : gate_infos())
        if (info.traits.trainable && info.traits.hard && !info.training.empty()) out.push_back(&info);
    return out;
}

DistillFields distill_fields(const std::string& gate) {
    DistillFields out;
    for (const ParamSpec& spec : gate_info(gate).params) {
        if (spec.key == "rope") out.rope = out.kernel_start = true;
        if (spec.key == "b") out.keys_per_block = true;
    }
    out.index_heads = !out.rope && !out.keys_per_block;
    return out;
}

std::string training_text(const Snapshot& snapshot, const DistillDraft& draft) {
    if (!draft.text.empty()) return draft.text;
    return snapshot.settings.text_path == "sample" || snapshot.settings.model_path == "sample" ? "sample-train" : "";
}

std::string suggested_gate_file(const Snapshot& snapshot, const DistillDraft& draft) {
    return suggested(snapshot, draft.gate + "-k" + draft.k, ".safetensors", true);
}

std::string suggested_sweep_file(const Snapshot& snapshot) {
    return suggested(snapshot, "sweep", ".h5", false);
}

Checked<StartDistillation> check_distillation(const Snapshot& snapshot, const DistillDraft& draft) {
    Checked<StartDistillation> out;
    DistillRequest& request = out.command.request;
    FieldErrors& errors = out.errors;
    request.gate = draft.gate;
    request.loss = draft.signal == "mask" ? "kl" : draft.signal;
    request.rope = draft.rope;
    request.start = draft.start;
    request.window_length = snapshot.settings.window_length;
    read_sizes(draft, request, errors);
    // What the gate does not take is not shown, whatever another kind left in it.
    const DistillFields fields = distill_fields(draft.gate);
    if (!fields.keys_per_block) request.keys_per_block = DistillRequest().keys_per_block;
    if (!fields.index_heads) request.index_heads = DistillRequest().index_heads;
    read_layers(snapshot, draft, request, errors);
    request.text = training_text(snapshot, draft);
    request.held_out = draft.held_out;
    request.out = draft.out.empty() ? suggested_gate_file(snapshot, draft) : draft.out;
    request.capture = draft.capture;
    if (request.text.empty()) errors["text"] = "choose a text to train on";
    check_text("text", request.text, errors);
    check_text("held_out", request.held_out, errors);
    check_out_path("out", request.out, errors);
    check_out_path("capture", request.capture, errors);
    out.exists = out.command.overwrite = path_exists(request.out) || path_exists(request.capture);
    out.why_not = why_nothing_runs(snapshot);
    if (out.why_not.empty() && draft.signal == "mask") out.why_not = why_not_through_the_mask(draft.gate);
    if (out.why_not.empty())
        out.why_not = named(errors, {{"text", "training text"},
                                     {"held_out", "held-out text"},
                                     {"out", "gate file"},
                                     {"k", "keys k"},
                                     {"gate_dim", "gate width"},
                                     {"learning_rate", "learning rate"},
                                     {"keys_per_block", "keys a block"},
                                     {"index_heads", "index heads"},
                                     {"steps", "steps"},
                                     {"layers", "layers"}});
    return out;
}

std::vector<Swept> swept_of(const std::vector<GateSpec>& gates) {
    std::vector<Swept> out;
    for (const SweptInfo& info : swept_infos())
        if (std::any_of(gates.begin(), gates.end(), [&](const GateSpec& gate) { return swept_of(gate) == info.swept; }))
            out.push_back(info.swept);
    return out;
}

Checked<StartSweep> check_sweep(const Snapshot& snapshot, const SweepDraft& draft) {
    Checked<StartSweep> out;
    SweepRequest& request = out.command.request;
    const Settings& settings = snapshot.settings;
    std::vector<std::string> gates;
    if (draft.with_a && settings.gate_a != "dense") gates.push_back(settings.gate_a);
    if (draft.with_b && settings.gate_b != "dense") gates.push_back(settings.gate_b);
    gates.insert(gates.end(), draft.gates.begin(), draft.gates.end());
    try {
        for (const std::string& gate : gates) request.gates.push_back(parse_swept_gate(gate));
        if (snapshot.model != nullptr) check_gates(request.gates, snapshot.model->config);
        for (const Swept swept : swept_of(request.gates))
            request.budgets[swept] = read_budgets(draft.budgets.at(swept), swept_info(swept), out.errors);
        // What no gate can have is told by the gate, not by the list.
        if (out.errors.empty() && !gates.empty()) (void)sweep_points(request);
    } catch (const Failure& failure) {
        out.errors["gates"] = failure.what();
    }
    if (gates.empty()) out.errors["gates"] = "choose a gate";
    request.window_length = settings.window_length;
    if (draft.windows == "all")
        request.windows = 0;
    else
        read_whole("windows", draft.windows, 1, 1'000'000, request.windows, out.errors);
    out.command.path = draft.path.empty() ? suggested_sweep_file(snapshot) : draft.path;
    out.command.overwrite = draft.overwrite;
    check_out_path("path", out.command.path, out.errors);
    out.exists = path_exists(out.command.path);
    out.why_not = why_nothing_runs(snapshot);
    if (out.why_not.empty() && (snapshot.run == nullptr || snapshot.run->text == nullptr))
        out.why_not = "no text is open";
    if (out.why_not.empty())
        out.why_not = named(
            out.errors,
            {{"gates", "gates"}, {"k", "keys k"}, {"rank", "rank r"}, {"windows", "windows"}, {"path", "capture"}});
    return out;
}

Swept swept_of_draft(const std::string& gate) {
    try {
        return swept_of(parse_swept_gate(gate));
    } catch (const Failure&) {
        return Swept::kNothing;
    }
}

namespace {

void read_budgets(const SensitivityDraft& draft, Swept swept, SensitivityRequest& request, FieldErrors& errors) {
    const BudgetDraft& given = draft.budgets.at(swept);
    const SweptInfo& info = swept_info(swept);
    const std::string mean = "mean_" + info.name;
    request.budgets = read_budgets(given.list, info, errors);
    if (draft.each_head) read_whole("head_" + info.name, given.head, 1, 1'000'000, request.head_budget, errors);
    if (!parse(given.mean, request.mean_budget) || !(request.mean_budget >= 1))
        errors[mean] = "a number, 1 or more";
    else if (!request.budgets.empty() && request.mean_budget < static_cast<double>(request.budgets.front()))
        errors[mean] = "below the least " + info.name + " of the grid";
}

}  // namespace

Checked<StartSensitivity> check_sensitivity(const Snapshot& snapshot, const SensitivityDraft& draft) {
    Checked<StartSensitivity> out;
    SensitivityRequest& request = out.command.request;
    request.window_length = snapshot.settings.window_length;
    request.each_head = draft.each_head;
    try {
        const GateSpec gate = parse_swept_gate(draft.gate);
        const Swept swept = swept_of(gate);
        if (gate.terms.size() != 1 || swept == Swept::kNothing) {
            out.errors["gate"] = "a single gate that has a k or a rank";
        } else {
            request.gate = gate.terms[0];
            read_budgets(draft, swept, request, out.errors);
            if (out.errors.empty()) (void)checked_sensitivity(request);
        }
    } catch (const Failure& failure) {
        out.errors["gate"] = failure.what();
    }
    read_whole("windows", draft.windows, 1, 1'000'000, request.windows, out.errors);
    out.why_not = why_nothing_runs(snapshot);
    if (out.why_not.empty() && (snapshot.run == nullptr || snapshot.run->text == nullptr))
        out.why_not = "no text is open";
    if (!out.why_not.empty()) return out;
    std::vector<std::pair<std::string, std::string>> labels = {{"gate", "gate"}, {"windows", "windows"}};
    for (const SweptInfo& info : swept_infos()) {
        labels.emplace_back(info.name, info.name);
        labels.emplace_back("mean_" + info.name, "mean " + info.name);
        labels.emplace_back("head_" + info.name, info.name + " of heads");
    }
    out.why_not = named(out.errors, labels);
    return out;
}

std::string duration_text(double seconds) {
    const auto minutes = static_cast<long long>(std::llround(seconds / 60));
    if (minutes < 1) return "under 1 min";
    if (minutes < 60) return std::to_string(minutes) + " min";
    return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string distillation_outlook(const Snapshot& snapshot, const DistillRequest& request) {
    const std::int64_t layers =
        snapshot.model == nullptr ? 0 : std::ssize(request.layers.members(snapshot.model->config.n_layers));
    std::string out = "Trains the gates of " + (layers == 1 ? "1 layer" : grouped(layers) + " layers") + " for " +
                      grouped(request.steps) + (request.steps == 1 ? " step" : " steps") + " of " +
                      grouped(request.window_length) + " tokens; the model itself stays as it is.";
    const DistillRun* run = snapshot.distillation.get();
    if (run == nullptr || run->step < 1 || !(run->seconds > 0))
        return out + " How long is known after the first steps.";
    const double each = run->seconds / static_cast<double>(run->step);
    const bool going = run->status == "running" || run->status == "paused";
    const auto left = static_cast<double>(going ? run->request.steps - run->step : request.steps);
    const std::string rate = each < 1 ? formatted("%.1f steps a second", 1 / each) : formatted("%.1f s a step", each);
    return out + (going ? " " + rate + ", " + duration_text(left * each) + " left."
                        : " At " + rate + ", as last time: " + duration_text(left * each) + ".");
}

std::string sweep_line(const Snapshot& snapshot, const StartSweep& sweep) {
    RunWords words = run_words(snapshot, sweep.request.windows);
    words.out = sweep.path;
    return sweep_command(words, sweep.request) + (sweep.overwrite ? " --force" : "");
}

std::string sensitivity_line(const Snapshot& snapshot, const StartSensitivity& sensitivity) {
    RunWords words = run_words(snapshot, sensitivity.request.windows);
    words.out = "sensitivity.h5";
    return sensitivity_command(words, sensitivity.request);
}

const JobStatus* job_of(const Snapshot& snapshot, const std::string& kind) {
    for (const JobStatus& job : snapshot.jobs)
        if (job.kind == kind) return &job;
    return nullptr;
}

bool distillation_runs(const Snapshot& snapshot) {
    const DistillRun* run = snapshot.distillation.get();
    return (run != nullptr && (run->status == "running" || run->status == "paused")) ||
           job_of(snapshot, "distillation") != nullptr;
}

bool distillation_paused(const Snapshot& snapshot) {
    return snapshot.distillation != nullptr && snapshot.distillation->status == "paused";
}

}  // namespace gatescope
