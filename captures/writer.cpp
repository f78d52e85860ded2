// The layout of a capture (SCHEMA.md), written from a RunResult.
#include <algorithm>
#include <set>

#include "analysis/abilities.h"
#include "captures/capture.h"
#include "captures/curves_group.h"
#include "captures/gate_group.h"
#include "captures/h5_writer.h"
#include "captures/model_group.h"
#include "captures/piece_text.h"
#include "captures/root_group.h"
#include "captures/schema.h"
#include "captures/sensitivity_group.h"
#include "captures/spectra_group.h"
#include "model/core/error.h"
#include "model/core/last_part.h"
#include "model/core/output_file.h"

namespace gatescope {
namespace {

using h5::Writer;
using Dims = std::vector<std::string>;

const Dims kPerHead = {schema::kLayer, schema::kHead};
const Dims kPerToken = {schema::kWindow, schema::kToken};

// Rows of unequal length as one [window, token] array.
template <typename Value>
std::vector<Value> padded(const std::vector<std::vector<Value>>& rows, std::size_t windows, std::size_t tokens,
                          Value filler) {
    std::vector<Value> out(windows * tokens, filler);
    for (std::size_t row = 0; row < std::min(rows.size(), windows); ++row)
        std::copy_n(rows[row].begin(), std::min(rows[row].size(), tokens),
                    out.begin() + static_cast<std::ptrdiff_t>(row * tokens));
    return out;
}

class CaptureWriter {
  public:
    CaptureWriter(const RunResult& run, JobContext& job) : run_(run), job_(job) {
        if (!run.model || !run.text || run.text->windows.empty())
            throw Failure(FailureKind::kInternal, "a run without model or text can't be written");
        has_perplexity_ = why_no_perplexity(run.model->config).empty();
        for (const auto& window : run.text->windows) tokens_ = std::max(tokens_, window.size());
    }

    void write(OutputFile& file) {
        job_.begin("Writing capture", "groups", static_cast<double>(5 + run_.gates.size() + run_.patterns.size()));
        root();
        model();
        text();
        perplexity();
        if (run_.concentration) concentration(*run_.concentration);
        gates();
        if (!run_.patterns.empty()) out_.group("/patterns");
        for (const auto& patterns : run_.patterns) window_patterns(*patterns);
        if (run_.sensitivity) write_sensitivity(out_, *run_.sensitivity);
        write_curves(out_, run_.curves);
        if (run_.spectra) write_spectra(out_, "/spectra", *run_.spectra);
        file.write(out_.finish());
    }

  private:
    void root() {
        RootAttributes root;
        root.created = run_.created;
        root.command = run_.command;
        root.device = run_.device;
        root.dtype = run_.dtype;
        root.seed = run_.request.seed;
        root.complete = run_.complete;
        root.windows = windows();
        root.windows_done = run_.windows_done;
        root.window_length = run_.request.window_length;
        write_root(out_, root);
        out_.count_scale("/", schema::kWindow, windows());
        out_.count_scale("/", schema::kToken, static_cast<std::int64_t>(tokens_));
        step();
    }

    void model() {
        write_model(out_, "/", *run_.model, run_.request.layers, run_.request.heads);
        step();
    }

    void text() {
        const TextWindows& text = *run_.text;
        out_.group("/text");
        out_.attribute("/text", "name", last_part(text.name));
        out_.attribute("/text", "sha256", text.sha256);
        out_.ints("/text", "ids", padded(text.windows, text.windows.size(), tokens_, std::int32_t{-1}), kPerToken);
        if (!text.pieces.empty()) pieces(text);
        step();
    }

    void pieces(const TextWindows& text) {
        std::vector<std::int32_t> ids;
        std::vector<std::string> pieces;
        for (const auto& [id, bytes] : text.pieces) {
            ids.push_back(id);
            pieces.push_back(piece_text(bytes));
        }
        out_.count_scale("/text", "piece", static_cast<std::int64_t>(ids.size()));
        out_.ints("/text", "piece_ids", ids, {"piece"});
        out_.strings("/text", "pieces", pieces, {"piece"});
    }

    void estimate(const std::string& group, const PerplexityResult& result) {
        const PerplexityEstimate& of = result.estimate;
        out_.attribute(group, "nll", of.nll);
        out_.attribute(group, "perplexity", of.perplexity);
        out_.attribute(group, "tokens", of.tokens);
        out_.attribute(group, "nll_standard_error", of.nll_standard_error);
        out_.attribute(group, "perplexity_low", of.low);
        out_.attribute(group, "perplexity_high", of.high);
        out_.floats(group, "token_nll", padded(result.token_nll, run_.text->windows.size(), tokens_, kNaN), kPerToken);
    }

    void perplexity() {
        if (has_perplexity_) {
            out_.group("/perplexity");
            out_.attribute("/perplexity", "windows", run_.dense.estimate.windows);
            estimate("/perplexity", run_.dense);
        }
        step();
    }

    void grids_by_k(const char* name, const std::vector<HeadGrid>& grids) {
        std::vector<float> values;
        for (const HeadGrid& grid : grids) values.insert(values.end(), grid.values.begin(), grid.values.end());
        out_.floats("/concentration", name, values, {"k", schema::kLayer, schema::kHead});
    }

    void concentration(const Concentration& table) {
        out_.group("/concentration");
        out_.scale("/concentration", "k", table.k);
        grids_by_k("mass_at_k", table.mass_at_k);
        grids_by_k("mass_at_k_full", table.mass_at_k_full);
        for (const auto& [name, grid] : table.figures) out_.floats("/concentration", name, grid.values, kPerHead);
        if (!table.induction_ids.empty()) {
            out_.count_scale("/concentration", "induction_token",
                             static_cast<std::int64_t>(table.induction_ids.size()));
            out_.ints("/concentration", "induction_ids", table.induction_ids, {"induction_token"});
        }
        step();
    }

    void gates() {
        if (!run_.gates.empty()) out_.group("/gates");
        std::set<std::string> written;
        for (const GateResult& gate : run_.gates)
            if (written.insert(gate_group_name(without_folders(gate))).second) one_gate(gate);
    }

    void one_gate(const GateResult& result) {
        const GateSpec gate = without_folders(result);
        const std::string group = "/gates/" + gate_group_name(gate);
        out_.group(group);
        out_.attribute(group, "id", gate_ids(gate));
        out_.attribute(group, "parameters", gate_parameters(gate));
        out_.attribute(group, "sparsity", result.sparsity);
        out_.attribute(group, "windows", result.windows_done);
        cost(group, result.cost);
        if (has_perplexity_) losses(group, result);
        for (const auto& [name, grid] : result.agreement) out_.floats(group, name, grid.values, kPerHead);
        if (result.masks && result.masks->windows > 0) masks(group, *result.masks);
        step();
    }

    void losses(const std::string& group, const GateResult& result) {
        estimate(group, result.perplexity);
        out_.attribute(group, "difference_from_dense", result.from_dense.nll);
        out_.attribute(group, "difference_standard_error", result.from_dense.standard_error);
        out_.attribute(group, "difference_low", result.from_dense.low);
        out_.attribute(group, "difference_high", result.from_dense.high);
        out_.attribute(group, "difference_windows", result.from_dense.windows);
    }

    void cost(const std::string& group, const GateCost& cost) {
        out_.attribute(group, "flops", cost.flops);
        out_.attribute(group, "dense_flops", cost.dense_flops);
        out_.attribute(group, "key_value_bytes", cost.key_value_bytes);
        out_.attribute(group, "dense_key_value_bytes", cost.dense_key_value_bytes);
    }

    void masks(const std::string& group, const KeySets& sets) {
        out_.count_scale(group, "mask_window", sets.windows);
        out_.count_scale(group, "query", sets.queries);
        out_.count_scale(group, "slot", sets.slots);
        out_.ints(group, "keys", sets.keys, {"mask_window", schema::kLayer, schema::kHead, "query", "slot"}, 3);
    }

    void window_patterns(const WindowPatterns& patterns) {
        const std::string group = "/patterns/window_" + std::to_string(patterns.window);
        out_.group(group);
        out_.count_scale(group, "query", patterns.queries);
        out_.count_scale(group, "key", patterns.queries);
        out_.halves(group, "probabilities", patterns.probabilities, {schema::kLayer, schema::kHead, "query", "key"}, 2);
        step();
    }

    std::int64_t windows() const { return static_cast<std::int64_t>(run_.text->windows.size()); }
    void step() { job_.tick(++done_); }

    const RunResult& run_;
    JobContext& job_;
    Writer out_;
    bool has_perplexity_ = true;
    std::size_t tokens_ = 0;
    double done_ = 0;
};

}  // namespace

void check_capture_target(const std::filesystem::path& path, bool overwrite) {
    check_output_target(path, overwrite);
}

void write_capture(const RunResult& run, const std::filesystem::path& path, bool overwrite, JobContext& job) {
    OutputFile file(path, overwrite);
    CaptureWriter(run, job).write(file);
    file.publish();
}

}  // namespace gatescope
