#include "app/cli/perplexity_report.h"

#include <cmath>

#include "analysis/abilities.h"
#include "app/engine/text_table.h"
#include "captures/gate_group.h"

namespace gatescope {
namespace {

using nlohmann::ordered_json;

std::string share(double part, double whole) {
    return number("%.1f %%", 100 * part / whole);
}

std::vector<std::string> row(const std::string& gate, double sparsity, const GateCost& cost,
                             const PerplexityEstimate& of, const PairedDifference* difference) {
    std::vector<std::string> cells = {gate,
                                      number("%.2f %%", 100 * sparsity),
                                      share(cost.flops, cost.dense_flops),
                                      share(cost.key_value_bytes, cost.dense_key_value_bytes),
                                      std::to_string(of.tokens),
                                      number("%.4f", of.nll),
                                      number("%.3f", of.perplexity),
                                      number("%.3f", of.low) + " .. " + number("%.3f", of.high)};
    if (difference != nullptr) {
        cells.push_back(number("%+.4f", difference->nll));
        cells.push_back(number("%+.4f", difference->low) + " .. " + number("%+.4f", difference->high));
    } else {
        cells.insert(cells.end(), 2, "");
    }
    return cells;
}

ordered_json plain(double value) {
    return std::isfinite(value) ? ordered_json(value) : ordered_json();
}

ordered_json estimate_json(const PerplexityEstimate& of) {
    return {{"nll", plain(of.nll)},
            {"nll_standard_error", plain(of.nll_standard_error)},
            {"perplexity", plain(of.perplexity)},
            {"perplexity_low", plain(of.low)},
            {"perplexity_high", plain(of.high)},
            {"tokens", of.tokens},
            {"windows", of.windows}};
}

ordered_json gate_json(const GateResult& result, bool losses) {
    ordered_json out = {{"gate", print_gate(result.gate)},
                        {"id", gate_ids(result.gate)},
                        {"parameters", ordered_json::parse(gate_parameters(without_folders(result)))},
                        {"sparsity", plain(result.sparsity)},
                        {"flops", plain(result.cost.flops)},
                        {"dense_flops", plain(result.cost.dense_flops)},
                        {"key_value_bytes", plain(result.cost.key_value_bytes)},
                        {"dense_key_value_bytes", plain(result.cost.dense_key_value_bytes)}};
    if (!losses) return out;
    out.update(estimate_json(result.perplexity.estimate));
    out["difference_from_dense"] = plain(result.from_dense.nll);
    out["difference_standard_error"] = plain(result.from_dense.standard_error);
    out["difference_low"] = plain(result.from_dense.low);
    out["difference_high"] = plain(result.from_dense.high);
    return out;
}

}  // namespace

std::string caution_lines(const GateSpec& gate, const ModelConfig& model) {
    std::string out;
    for (const std::string& caution : cautions_of(gate, model)) out += caution + "\n";
    return out;
}

std::string caution_lines(const RunResult& run) {
    GateSpec all;
    for (const GateResult& gate : run.gates)
        all.terms.insert(all.terms.end(), gate.gate.terms.begin(), gate.gate.terms.end());
    return caution_lines(all, run.model->config);
}

std::string perplexity_table(const RunResult& run) {
    const std::vector<Column> columns = {
        {"gate", Align::kLeft}, {"sparsity"}, {"FLOPs"},       {"KV bytes"}, {"tokens"}, {"nll"},
        {"perplexity"},         {"95 %"},     {"nll - dense"}, {"95 %"}};
    std::vector<std::vector<std::string>> rows = {row("dense", 0, GateCost{1, 1, 1, 1}, run.dense.estimate, nullptr)};
    for (const GateResult& gate : run.gates)
        if (!gate.gate.dense())
            rows.push_back(
                row(print_gate(gate.gate), gate.sparsity, gate.cost, gate.perplexity.estimate, &gate.from_dense));
    return table(columns, rows) + caution_lines(run);
}

ordered_json run_json(const RunResult& run) {
    const bool losses = why_no_perplexity(run.model->config).empty();
    ordered_json gates = ordered_json::array();
    for (const GateResult& gate : run.gates) gates.push_back(gate_json(gate, losses));
    return {{"model",
             {{"name", run.model->name}, {"sha256", run.model->sha256}, {"architecture", run.model->architecture}}},
            {"text", {{"name", run.text->name}, {"sha256", run.text->sha256}}},
            {"device", run.device},
            {"dtype", run.dtype},
            {"seed", run.request.seed},
            {"window_length", run.request.window_length},
            {"windows", run.text->windows.size()},
            {"windows_done", run.windows_done},
            {"complete", run.complete},
            {"warnings", run.warnings},
            {"dense", losses ? estimate_json(run.dense.estimate) : ordered_json()},
            {"gates", gates}};
}

}  // namespace gatescope
