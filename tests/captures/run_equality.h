#pragma once
// Compares two runs field by field, NaN with NaN, and names the fields that differ.

#include <gtest/gtest.h>

#include <cstring>

#include "analysis/results.h"

namespace gatescope {

template <typename Number>
bool same_bits(const std::vector<Number>& a, const std::vector<Number>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Number)) == 0);
}

inline bool same_number(double a, double b) {
    return a == b || (a != a && b != b);
}

inline void expect_equal(const HeadGrid& a, const HeadGrid& b, const std::string& where) {
    EXPECT_EQ(a.n_layers, b.n_layers) << where;
    EXPECT_EQ(a.n_heads, b.n_heads) << where;
    EXPECT_TRUE(same_bits(a.values, b.values)) << where;
}

inline void expect_equal(const std::map<std::string, HeadGrid>& a, const std::map<std::string, HeadGrid>& b,
                         const std::string& where) {
    ASSERT_EQ(a.size(), b.size()) << where;
    for (const auto& [name, grid] : a) {
        ASSERT_TRUE(b.contains(name)) << where << name;
        expect_equal(grid, b.at(name), where + name);
    }
}

inline void expect_equal(const PerplexityResult& a, const PerplexityResult& b, const std::string& where) {
    ASSERT_EQ(a.token_nll.size(), b.token_nll.size()) << where;
    for (std::size_t row = 0; row < a.token_nll.size(); ++row)
        EXPECT_TRUE(same_bits(a.token_nll[row], b.token_nll[row])) << where << " row " << row;
    EXPECT_TRUE(same_number(a.estimate.nll, b.estimate.nll)) << where;
    EXPECT_TRUE(same_number(a.estimate.perplexity, b.estimate.perplexity)) << where;
    EXPECT_TRUE(same_number(a.estimate.nll_standard_error, b.estimate.nll_standard_error)) << where;
    EXPECT_TRUE(same_number(a.estimate.low, b.estimate.low)) << where;
    EXPECT_TRUE(same_number(a.estimate.high, b.estimate.high)) << where;
    EXPECT_EQ(a.estimate.tokens, b.estimate.tokens) << where;
    EXPECT_EQ(a.estimate.windows, b.estimate.windows) << where;
}

inline void expect_equal(const Concentration& a, const Concentration& b) {
    EXPECT_EQ(a.k, b.k);
    ASSERT_EQ(a.mass_at_k.size(), b.mass_at_k.size());
    ASSERT_EQ(a.mass_at_k_full.size(), b.mass_at_k_full.size());
    for (std::size_t n = 0; n < a.mass_at_k.size(); ++n) {
        expect_equal(a.mass_at_k[n], b.mass_at_k[n], "mass_at_k");
        expect_equal(a.mass_at_k_full[n], b.mass_at_k_full[n], "mass_at_k_full");
    }
    expect_equal(a.figures, b.figures, "concentration/");
    EXPECT_EQ(a.induction_ids, b.induction_ids);
}

inline void expect_equal(const GateResult& a, const GateResult& b) {
    const std::string where = print_gate(a.gate);
    EXPECT_EQ(where, print_gate(b.gate));
    EXPECT_EQ(a.windows_done, b.windows_done) << where;
    EXPECT_TRUE(same_number(a.sparsity, b.sparsity)) << where;
    expect_equal(a.perplexity, b.perplexity, where);
    EXPECT_TRUE(same_number(a.from_dense.nll, b.from_dense.nll)) << where;
    EXPECT_TRUE(same_number(a.from_dense.standard_error, b.from_dense.standard_error)) << where;
    EXPECT_TRUE(same_number(a.from_dense.low, b.from_dense.low)) << where;
    EXPECT_TRUE(same_number(a.from_dense.high, b.from_dense.high)) << where;
    EXPECT_EQ(a.from_dense.windows, b.from_dense.windows) << where;
    expect_equal(a.agreement, b.agreement, where);
    EXPECT_TRUE(same_number(a.cost.flops, b.cost.flops)) << where;
    EXPECT_TRUE(same_number(a.cost.dense_flops, b.cost.dense_flops)) << where;
    EXPECT_TRUE(same_number(a.cost.key_value_bytes, b.cost.key_value_bytes)) << where;
    EXPECT_TRUE(same_number(a.cost.dense_key_value_bytes, b.cost.dense_key_value_bytes)) << where;
    ASSERT_EQ(a.masks != nullptr, b.masks != nullptr) << where;
    if (!a.masks) return;
    EXPECT_EQ(a.masks->windows, b.masks->windows) << where;
    EXPECT_EQ(a.masks->layers, b.masks->layers) << where;
    EXPECT_EQ(a.masks->heads, b.masks->heads) << where;
    EXPECT_EQ(a.masks->queries, b.masks->queries) << where;
    EXPECT_EQ(a.masks->slots, b.masks->slots) << where;
    EXPECT_EQ(a.masks->keys, b.masks->keys) << where;
}

inline void expect_equal(const std::vector<SensitivityPoint>& a, const std::vector<SensitivityPoint>& b,
                         const std::string& where) {
    ASSERT_EQ(a.size(), b.size()) << where;
    for (std::size_t n = 0; n < a.size(); ++n) {
        EXPECT_TRUE(same_number(a[n].nll, b[n].nll)) << where << n;
        EXPECT_TRUE(same_number(a[n].standard_error, b[n].standard_error)) << where << n;
    }
}

inline void expect_equal(const BudgetProposal& a, const BudgetProposal& b) {
    EXPECT_EQ(a.budgets, b.budgets);
    EXPECT_EQ(print_gate(a.gate), print_gate(b.gate));
    EXPECT_EQ(print_gate(a.equal), print_gate(b.equal));
    EXPECT_EQ(a.predicted, b.predicted);
    EXPECT_EQ(a.predicted_equal, b.predicted_equal);
    const std::vector<SensitivityPoint> of_a = {a.measured, a.measured_equal}, of_b = {b.measured, b.measured_equal};
    expect_equal(of_a, of_b, "proposal");
}

inline void expect_equal(const SensitivityResult& a, const SensitivityResult& b) {
    EXPECT_EQ(print_gate({{a.request.gate}}), print_gate({{b.request.gate}}));
    EXPECT_EQ(a.request.budgets, b.request.budgets);
    EXPECT_EQ(a.request.each_head, b.request.each_head);
    EXPECT_EQ(a.request.head_budget, b.request.head_budget);
    EXPECT_EQ(a.request.mean_budget, b.request.mean_budget);
    EXPECT_EQ(a.request.windows, b.request.windows);
    EXPECT_EQ(a.request.window_length, b.request.window_length);
    EXPECT_EQ(a.n_layers, b.n_layers);
    EXPECT_EQ(a.n_heads, b.n_heads);
    expect_equal(a.layer_cost, b.layer_cost, "layer_cost ");
    expect_equal(a.head_cost, b.head_cost, "head_cost ");
    ASSERT_EQ(a.proposal.has_value(), b.proposal.has_value());
    if (a.proposal) expect_equal(*a.proposal, *b.proposal);
    EXPECT_EQ(a.done, b.done);
    EXPECT_EQ(a.total, b.total);
}

inline void expect_equal(const TrainCurve& a, const TrainCurve& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.recipe, b.recipe) << a.name;
    EXPECT_EQ(a.status, b.status) << a.name;
    EXPECT_EQ(a.step, b.step) << a.name;
    ASSERT_EQ(a.series.size(), b.series.size()) << a.name;
    for (const auto& [id, values] : a.series) {
        ASSERT_TRUE(b.series.contains(id)) << a.name << id;
        EXPECT_TRUE(same_bits(values, b.series.at(id))) << a.name << id;
    }
}

inline void expect_equal(const ModelSummary& a, const ModelSummary& b) {
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.sha256, b.sha256);
    EXPECT_EQ(a.architecture, b.architecture);
    EXPECT_EQ(a.config_json, b.config_json);
    EXPECT_EQ(a.tokenizer, b.tokenizer);
    EXPECT_EQ(a.format, b.format);
    EXPECT_EQ(a.weight_dtypes, b.weight_dtypes);
    EXPECT_EQ(a.parameter_count, b.parameter_count);
    EXPECT_EQ(a.size_bytes, b.size_bytes);
    EXPECT_EQ(a.config.family, b.config.family);
    EXPECT_EQ(a.config.n_layers, b.config.n_layers);
    EXPECT_EQ(a.config.n_heads, b.config.n_heads);
    EXPECT_EQ(a.config.n_kv_heads, b.config.n_kv_heads);
    EXPECT_EQ(a.config.d_model, b.config.d_model);
    EXPECT_EQ(a.config.d_head, b.config.d_head);
    EXPECT_EQ(a.config.d_mlp, b.config.d_mlp);
    EXPECT_EQ(a.config.d_vocab, b.config.d_vocab);
    EXPECT_EQ(a.config.n_ctx, b.config.n_ctx);
    EXPECT_EQ(a.config.rope_dims, b.config.rope_dims);
    EXPECT_EQ(a.config.rope_base, b.config.rope_base);
    EXPECT_EQ(a.config.norm_epsilon, b.config.norm_epsilon);
    EXPECT_EQ(a.config.attention_scale, b.config.attention_scale);
    EXPECT_EQ(a.config.tied_embeddings, b.config.tied_embeddings);
}

inline void expect_equal(const RunRequest& a, const RunRequest& b) {
    EXPECT_EQ(a.window_length, b.window_length);
    EXPECT_EQ(a.windows, b.windows);
    EXPECT_EQ(a.layers, b.layers);
    EXPECT_EQ(a.heads, b.heads);
    ASSERT_EQ(a.gates.size(), b.gates.size());
    for (std::size_t n = 0; n < a.gates.size(); ++n) EXPECT_EQ(print_gate(a.gates[n]), print_gate(b.gates[n]));
    EXPECT_EQ(a.concentration, b.concentration);
    EXPECT_EQ(a.agreement, b.agreement);
    EXPECT_EQ(a.patterns, b.patterns);
    EXPECT_EQ(a.masks, b.masks);
    EXPECT_EQ(a.mask_windows, b.mask_windows);
    EXPECT_EQ(a.induction, b.induction);
    EXPECT_EQ(a.seed, b.seed);
}

inline void expect_equal(const RunResult& a, const RunResult& b) {
    expect_equal(a.request, b.request);
    expect_equal(*a.model, *b.model);
    EXPECT_EQ(a.text->name, b.text->name);
    EXPECT_EQ(a.text->sha256, b.text->sha256);
    EXPECT_EQ(a.text->window_length, b.text->window_length);
    EXPECT_EQ(a.text->windows, b.text->windows);
    EXPECT_EQ(a.text->pieces, b.text->pieces);
    EXPECT_EQ(a.device, b.device);
    EXPECT_EQ(a.dtype, b.dtype);
    EXPECT_EQ(a.command, b.command);
    EXPECT_EQ(a.created, b.created);
    expect_equal(a.dense, b.dense, "dense");
    ASSERT_EQ(a.concentration.has_value(), b.concentration.has_value());
    if (a.concentration) expect_equal(*a.concentration, *b.concentration);
    ASSERT_EQ(a.gates.size(), b.gates.size());
    for (std::size_t n = 0; n < a.gates.size(); ++n) expect_equal(a.gates[n], b.gates[n]);
    ASSERT_EQ(a.patterns.size(), b.patterns.size());
    for (std::size_t n = 0; n < a.patterns.size(); ++n) {
        EXPECT_EQ(a.patterns[n]->window, b.patterns[n]->window);
        EXPECT_EQ(a.patterns[n]->layers, b.patterns[n]->layers);
        EXPECT_EQ(a.patterns[n]->heads, b.patterns[n]->heads);
        EXPECT_EQ(a.patterns[n]->queries, b.patterns[n]->queries);
        EXPECT_EQ(a.patterns[n]->probabilities, b.patterns[n]->probabilities);
    }
    ASSERT_EQ(a.sensitivity != nullptr, b.sensitivity != nullptr);
    if (a.sensitivity) expect_equal(*a.sensitivity, *b.sensitivity);
    ASSERT_EQ(a.curves.size(), b.curves.size());
    for (std::size_t n = 0; n < a.curves.size(); ++n) expect_equal(*a.curves[n], *b.curves[n]);
    EXPECT_EQ(a.windows_done, b.windows_done);
    EXPECT_EQ(a.complete, b.complete);
}

}  // namespace gatescope
