#include "analysis/experiments/experiment_diagram.h"

#include <algorithm>
#include <set>

#include "analysis/training/train_plan.h"
#include "model/gates/gate_info.h"
#include "model/gates/gate_syntax.h"

namespace gatescope {
namespace {

std::string counted(std::int64_t n, const char* word) {
    return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

// Which of `wanted` train: all, none, or some.
DiagramPart part_of(const TrainPlan& plan, const char* label, const std::set<TrainedPart>& wanted, bool in_layers) {
    const auto trains = [&plan](TrainedPart part) { return plan.parts.contains(part); };
    DiagramPart out{label, PartState::kFrozen, {}};
    if (std::none_of(wanted.begin(), wanted.end(), trains)) return out;
    const bool some = !std::all_of(wanted.begin(), wanted.end(), trains);
    const bool few = in_layers && !plan.layers.all();
    out.state = some || few ? PartState::kPartly : PartState::kTrains;
    if (some) out.text = "some";
    if (few) out.text += (out.text.empty() ? "layers " : ", layers ") + plan.layers.print();
    return out;
}

DiagramPart gate_of(const std::string& text, bool trains) {
    const GateSpec gate = parse_trained_gate(text);
    DiagramPart out{"Gate", PartState::kAbsent, {}};
    for (const GateTerm& term : gate.terms) {
        if (term.id == "dense") continue;
        out.state = PartState::kFrozen;
        const bool begins = lacks_file(term);
        if (begins && trains) out.state = PartState::kTrains;
        out.text += out.text.empty() ? "" : ", ";
        out.text += begins && !trains ? term.id + " at its first values" : term.id;
        if (!term.layers.all()) out.text += " in layers " + term.layers.print();
    }
    return out;
}

DiagramRow row_of(const TrainWork& work) {
    using enum TrainedPart;
    const TrainPlan plan = train_plans(work.recipe).front();
    DiagramRow out;
    out.stage = (plan.from_scratch ? "train " : "go on for ") + counted(plan.steps, "step");
    out.parts = {part_of(plan, "Embeddings, head", {kEmbeddings, kHead}, false),
                 part_of(plan, "Q K V", {kQueries, kKeys, kValues}, true),
                 part_of(plan, "Output, MLP, norms", {kOutputs, kMlp, kNorms}, true),
                 gate_of(plan.gate, plan.train_gate)};
    return out;
}

// A model at rest, with something about gates.
DiagramRow resting(const std::string& stage, PartState gate, const std::string& text) {
    DiagramRow out;
    out.stage = stage;
    for (const char* label : {"Embeddings, head", "Q K V", "Output, MLP, norms"})
        out.parts.push_back({label, PartState::kFrozen, {}});
    out.parts.push_back({"Gate", gate, text});
    return out;
}

DiagramRow row_of(const DistillWork& work) {
    const DistillRequest& request = work.request;
    return resting("distil " + counted(request.steps, "step"), PartState::kTrains,
                   request.gate + " by " + (request.loss == "kl" ? "KL" : "BCE"));
}
DiagramRow row_of(const MeasureWork& work) {
    std::string text;
    std::set<std::string> named;
    for (const std::string& gate : work.gates)
        for (const GateTerm& term : parse_gate(gate).terms)
            if (term.id != "dense" && named.insert(term.id).second) text += (text.empty() ? "" : ", ") + term.id;
    return resting("measure", text.empty() ? PartState::kAbsent : PartState::kFrozen, text);
}
DiagramRow row_of(const GradientWork& work) {
    return resting("gradient of a window", PartState::kFrozen, work.request.gate + " and its soft sister");
}

bool same(const DiagramRow& a, const DiagramRow& b) {
    const auto equal = [](const DiagramPart& x, const DiagramPart& y) {
        return x.label == y.label && x.state == y.state && x.text == y.text;
    };
    return a.arm == b.arm && a.stage == b.stage && std::ranges::equal(a.parts, b.parts, equal);
}

}  // namespace

std::vector<DiagramRow> diagram_of(const ExperimentPlan& plan) {
    std::vector<DiagramRow> out;
    for (const ExperimentStep& step : plan.steps) {
        DiagramRow row = std::visit([](const auto& work) { return row_of(work); }, step.work);
        row.arm = step.arm;
        const auto known = std::ranges::find_if(out, [&row](const DiagramRow& each) { return same(each, row); });
        if (known != out.end())
            ++known->seeds;
        else
            out.push_back(row);
    }
    return out;
}

}  // namespace gatescope
