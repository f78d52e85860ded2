#include "app/engine/earlier_run.h"

#include <system_error>

#include "analysis/budget_proposal.h"
#include "captures/capture.h"
#include "captures/gate_group.h"
#include "model/checkpoint/weight_hash.h"
#include "model/core/error.h"
#include "model/gates/gate_syntax.h"
#include "model/transformer/transformer.h"

namespace gatescope {
namespace {

class Comparison {
  public:
    explicit Comparison(std::string where) : where_(std::move(where)) {}

    void same(const std::string& what, const std::string& there, const std::string& now) const {
        if (now.empty() || there == now) return;
        refuse("was made with " + what + " " + (there.empty() ? "unknown" : there) + ", not " + now);
    }
    [[noreturn]] void refuse(const std::string& what) const {
        throw Failure(FailureKind::kUsage, what, where_, "give the same, or another file");
    }

  private:
    std::string where_;
};

// Hashes are told apart by a few digits, as people do.
std::string short_hash(const std::string& sha256) {
    return sha256.substr(0, 12);
}

std::string indices(const IndexSet& set) {
    return set.all() ? "all" : set.print();
}

}  // namespace

RunPlace place_of(const Model& model, std::shared_ptr<const TextWindows> text, const RunRequest& request) {
    RunPlace place{model.summary, std::move(text), request.window_length, request.layers, request.heads, {}, {}};
    if (!model.transformer) return place;
    place.device = model.transformer->device();
    place.dtype = model.transformer->dtype() == DataType::kBFloat16 ? "bfloat16" : "float32";
    return place;
}

std::shared_ptr<const RunResult> earlier_run(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored) ? read_capture(path) : nullptr;
}

void check_same_place(const RunResult& earlier, const RunPlace& now, const std::filesystem::path& path) {
    const Comparison compare(path.string());
    if (now.model) compare.same("the model", short_hash(earlier.model->sha256), short_hash(now.model->sha256));
    compare.same("--window", std::to_string(earlier.request.window_length), std::to_string(now.window_length));
    if (now.text) {
        compare.same("the text", short_hash(earlier.text->sha256), short_hash(now.text->sha256));
        compare.same("windows", std::to_string(earlier.text->windows.size()), std::to_string(now.text->windows.size()));
        if (earlier.text->windows != now.text->windows) compare.refuse("was made with other token ids");
    }
    compare.same("--layers", indices(earlier.request.layers), indices(now.layers));
    compare.same("--heads", indices(earlier.request.heads), indices(now.heads));
    compare.same("--dtype", earlier.dtype, now.dtype);
    compare.same("--device", earlier.device, now.device);
}

std::shared_ptr<const RunResult> in_words_of(const std::vector<GateSpec>& gates, const RunResult& earlier) {
    std::map<std::string, GateResult> names;  // by the syntax that a capture has
    std::map<std::string, std::string> hashes;
    for (const GateSpec& gate : gates) {
        GateResult named;
        named.gate = gate;
        for (const std::string& file : files_of(gate)) {
            if (!hashes.contains(file)) hashes[file] = file_sha256(file);
            named.file_sha256[file] = hashes[file];
        }
        names[print_gate(without_folders(named))] = named;
    }
    auto out = std::make_shared<RunResult>(earlier);
    for (GateResult& result : out->gates) {
        const auto known = names.find(print_gate(result.gate));
        if (known == names.end()) continue;
        result.gate = known->second.gate;
        result.file_sha256 = known->second.file_sha256;
    }
    return out;
}

std::shared_ptr<const SensitivityResult> in_words_of(const SensitivityRequest& request,
                                                     const SensitivityResult& earlier) {
    auto out = std::make_shared<SensitivityResult>(earlier);
    const GateSpec now{{request.gate}};
    const auto kind = [](const GateSpec& gate, const std::map<std::string, std::string>& hashes) {
        return gate_family(without_folders(gate, hashes));
    };
    if (kind(GateSpec{{earlier.request.gate}}, {}) != kind(now, hashes_of_files(now))) return out;
    out->request.gate = request.gate;
    if (out->proposal) {
        const std::vector<std::int64_t> everywhere(out->proposal->budgets.size(),
                                                   swept_budget(out->proposal->equal.terms.at(0), 0));
        out->proposal->gate = gate_of_budgets(request.gate, out->proposal->budgets);
        out->proposal->equal = gate_of_budgets(request.gate, everywhere);
    }
    return out;
}

std::shared_ptr<const SensitivityResult> with_named_files(SensitivityResult map,
                                                          const std::map<std::string, std::string>& file_sha256) {
    map.request.gate = without_folders(GateSpec{{map.request.gate}}, file_sha256).terms.front();
    if (map.proposal) {
        map.proposal->gate = without_folders(map.proposal->gate, file_sha256);
        map.proposal->equal = without_folders(map.proposal->equal, file_sha256);
    }
    return std::make_shared<const SensitivityResult>(std::move(map));
}

std::map<std::string, std::string> hashes_of_files(const GateSpec& gate) {
    std::map<std::string, std::string> out;
    for (const std::string& file : files_of(gate)) out.try_emplace(file, file_sha256(file));
    return out;
}

}  // namespace gatescope
