#include "app/window/layouts.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace gatescope {

namespace {

LayoutNode panel(std::string id) {
    LayoutNode node;
    node.id = std::move(id);
    return node;
}
LayoutNode split(std::string id, bool stacked, float share, LayoutNode first, LayoutNode second) {
    LayoutNode node;
    node.id = std::move(id);
    node.stacked = stacked;
    node.share = share;
    node.children = {std::move(first), std::move(second)};
    return node;
}
LayoutNode beside(std::string id, float share, LayoutNode first, LayoutNode second) {
    return split(std::move(id), false, share, std::move(first), std::move(second));
}
LayoutNode stacked(std::string id, float share, LayoutNode first, LayoutNode second) {
    return split(std::move(id), true, share, std::move(first), std::move(second));
}

LayoutNode browse() {
    LayoutNode maps = beside("browse.maps", 0.2475F, panel("heads"), panel("attention"));
    LayoutNode words = stacked("browse.words", 0.6F, panel("concentration"), panel("tokens"));
    LayoutNode charts = beside("browse.charts", 0.5F, std::move(words), panel("perplexity"));
    LayoutNode side = stacked("browse.side", 0.705F, panel("gates"), panel("head"));
    return beside("browse.all", 0.788F, stacked("browse.left", 0.665F, std::move(maps), std::move(charts)),
                  std::move(side));
}

LayoutNode gates() {
    LayoutNode maps = beside("gates.maps", 0.2475F, panel("heads"), panel("attention"));
    LayoutNode charts = beside("gates.charts", 0.54F, panel("tried"), panel("position"));
    LayoutNode costs = beside("gates.costs", 0.62F, std::move(charts), panel("changes"));
    return beside("gates.cards", 0.765F, stacked("gates.rows", 0.66F, std::move(maps), std::move(costs)),
                  panel("gates"));
}

LayoutNode spectra() {
    LayoutNode left = stacked("spectra.left", 0.58F, panel("heads"), panel("checkpoints"));
    LayoutNode middle = stacked("spectra.middle", 0.54F, panel("spectrum"), panel("depth"));
    LayoutNode right = stacked("spectra.right", 0.5F, panel("scatter"), panel("components"));
    return beside("spectra.all", 0.27F, std::move(left),
                  beside("spectra.charts", 0.48F, std::move(middle), std::move(right)));
}

LayoutNode runs() {
    return beside("runs.all", 0.5F, panel("distillation"),
                  stacked("runs.measured", 0.5F, panel("sweep"), panel("sensitivity")));
}

LayoutNode training() {
    LayoutNode middle = stacked("training.middle", 0.34F, panel("training"), panel("curves"));
    LayoutNode model = stacked("training.model", 0.42F, panel("heads"), panel("attention"));
    LayoutNode right = stacked("training.right", 0.29F, panel("compare"), std::move(model));
    return beside("training.all", 0.235F, panel("recipe"),
                  beside("training.runs", 0.6F, std::move(middle), std::move(right)));
}

LayoutNode experiments_layout() {
    LayoutNode right = stacked("experiments.right", 0.62F, panel("figure"), panel("results"));
    return beside("experiments.all", 0.16F, panel("experiments"),
                  beside("experiments.page", 0.39F, panel("experiment"), std::move(right)));
}

LayoutNode captures() {
    LayoutNode left = stacked("captures.left", 0.5F, panel("captures"), panel("concentration"));
    LayoutNode right = stacked("captures.right", 0.6F, panel("heads"), panel("head"));
    return beside("captures.all", 0.64F, std::move(left), std::move(right));
}

void place(const LayoutNode& node, const Box& box, float gap, const std::map<std::string, float>& shares,
           Arrangement& out) {
    if (node.children.empty()) {
        out.panels.push_back({node.id, box});
        return;
    }
    const auto moved = shares.find(node.id);
    const float share = std::clamp(moved == shares.end() ? node.share : moved->second, 0.1F, 0.9F);
    Box first = box, second = box, between = box;
    if (node.stacked) {
        first.to.y = between.from.y = std::round(box.from.y + (box.size().y - gap) * share);
        second.from.y = between.to.y = first.to.y + gap;
    } else {
        first.to.x = between.from.x = std::round(box.from.x + (box.size().x - gap) * share);
        second.from.x = between.to.x = first.to.x + gap;
    }
    out.splitters.push_back({node.id, node.stacked, between, box});
    place(node.children[0], first, gap, shares, out);
    place(node.children[1], second, gap, shares, out);
}

}  // namespace

const std::vector<LayoutInfo>& layouts() {
    static const std::vector<LayoutInfo> list = {
        {LayoutId::kBrowse, "browse", "Browse", "Heads, attention maps and gates of the model", ImGuiKey_1, browse()},
        {LayoutId::kGates, "gates", "Gates", "Both gates, what they keep and what they cost", ImGuiKey_2, gates()},
        {LayoutId::kSpectra, "spectra", "Spectra", "Routing and filtering: spectra of every head, and what they mean",
         ImGuiKey_3, spectra()},
        {LayoutId::kRuns, "runs", "Runs", "Train gates, sweep over sparsity, spend a budget of keys", ImGuiKey_4,
         runs()},
        {LayoutId::kTraining, "training", "Training", "Train models under a gate, and look at them as they learn",
         ImGuiKey_5, training()},
        {LayoutId::kExperiments, "experiments", "Experiments",
         "The paper's experiments: run one, and see its figure beside the paper's numbers", ImGuiKey_6,
         experiments_layout()},
        {LayoutId::kCaptures, "captures", "Captures", "Write, open and look into captures", ImGuiKey_7, captures()},
    };
    return list;
}

const LayoutInfo& layout_info(LayoutId id) {
    const auto& list = layouts();
    return *std::find_if(list.begin(), list.end(), [&](const LayoutInfo& info) { return info.id == id; });
}

std::string panel_window(const std::string& panel_id) {
    std::string name = panel_id;
    if (!name.empty()) name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
    return name;
}

Arrangement arrange(const LayoutNode& root, const Box& box, float gap, const std::map<std::string, float>& shares) {
    Arrangement out;
    place(root, box, gap, shares, out);
    return out;
}

}  // namespace gatescope
