#pragma once
// Compares two experiments field by field, NaN with NaN.

#include "analysis/experiments/experiment_result.h"
#include "tests/captures/run_equality.h"
#include "tests/support/same_config.h"

namespace gatescope {

inline void expect_equal(const std::vector<double>& a, const std::vector<double>& b, const std::string& where) {
    ASSERT_EQ(a.size(), b.size()) << where;
    for (std::size_t n = 0; n < a.size(); ++n) EXPECT_TRUE(same_number(a[n], b[n])) << where << " " << n;
}

inline void expect_equal(const DistillRequest& a, const DistillRequest& b, const std::string& where) {
    const auto words = [](const DistillRequest& r) {
        return std::tie(r.gate, r.loss, r.start, r.text, r.held_out, r.out, r.capture, r.layers);
    };
    const auto numbers = [](const DistillRequest& r) {
        return std::tie(r.k, r.steps, r.gate_dim, r.keys_per_block, r.index_heads, r.rope, r.learning_rate, r.seed,
                        r.window_length, r.held_out_windows, r.report_every, r.sinks, r.local);
    };
    EXPECT_TRUE(words(a) == words(b)) << where;
    EXPECT_TRUE(numbers(a) == numbers(b)) << where;
}

inline void expect_equal(const Work& a, const Work& b, const std::string& where) {
    ASSERT_EQ(a.index(), b.index()) << where;
    std::visit(
        [&](const auto& kind) {
            const auto& other = std::get<std::decay_t<decltype(kind)>>(b);
            EXPECT_TRUE(kind.recipe == other.recipe) << where << print_recipe(other.recipe);
            if constexpr (requires { kind.request; }) expect_equal(kind.request, other.request, where);
            if constexpr (requires { kind.gates; }) {
                EXPECT_EQ(kind.gates, other.gates) << where;
                EXPECT_EQ(kind.concentration, other.concentration) << where;
            }
        },
        a);
}

inline void expect_equal(const ExperimentPlan& a, const ExperimentPlan& b) {
    EXPECT_TRUE(a.setting == b.setting);
    EXPECT_EQ(a.folder, b.folder);
    const auto numbers = [](const ExperimentCourse& c) {
        return std::tie(c.own_model, c.seeds, c.k, c.steps, c.tune_steps, c.gate_steps, c.held_out_windows, c.gate_dim,
                        c.levels);
    };
    EXPECT_TRUE(a.course.base == b.course.base);
    EXPECT_TRUE(numbers(a.course) == numbers(b.course));
    EXPECT_TRUE(same_config(a.course.config, b.course.config));
    ASSERT_EQ(a.steps.size(), b.steps.size());
    for (std::size_t n = 0; n < a.steps.size(); ++n) {
        EXPECT_EQ(a.steps[n].name, b.steps[n].name);
        EXPECT_EQ(a.steps[n].arm, b.steps[n].arm);
        EXPECT_EQ(a.steps[n].seed, b.steps[n].seed);
        EXPECT_EQ(a.steps[n].title, b.steps[n].title);
        expect_equal(a.steps[n].work, b.steps[n].work, a.steps[n].name);
    }
}

inline void expect_equal(const GateOutcome& a, const GateOutcome& b) {
    EXPECT_EQ(a.gate, b.gate);
    const auto numbers = [](const GateOutcome& g) {
        return std::vector<double>{
            g.sparsity,      g.estimate.nll, g.estimate.perplexity, g.estimate.nll_standard_error, g.estimate.low,
            g.estimate.high, g.f1,           g.captured_mass};
    };
    expect_equal(numbers(a), numbers(b), a.gate);
    EXPECT_EQ(a.estimate.tokens, b.estimate.tokens) << a.gate;
    EXPECT_EQ(a.estimate.windows, b.estimate.windows) << a.gate;
    expect_equal(a.window_nll, b.window_nll, a.gate);
    EXPECT_EQ(a.window_tokens, b.window_tokens) << a.gate;
}

inline void expect_equal(const StepOutcome& a, const StepOutcome& b) {
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.done, b.done) << a.step;
    EXPECT_EQ(a.device, b.device) << a.step;
    EXPECT_EQ(a.adopted, b.adopted) << a.step;
    expect_equal({a.seconds, a.dense_perplexity, a.oracle_perplexity},
                 {b.seconds, b.dense_perplexity, b.oracle_perplexity}, a.step);
    ASSERT_EQ(a.gates.size(), b.gates.size()) << a.step;
    for (std::size_t n = 0; n < a.gates.size(); ++n) expect_equal(a.gates[n], b.gates[n]);
    ASSERT_EQ(a.by_layer.size(), b.by_layer.size()) << a.step;
    for (const auto& [name, values] : a.by_layer) {
        ASSERT_TRUE(b.by_layer.contains(name)) << name;
        expect_equal(values, b.by_layer.at(name), name);
    }
    ASSERT_EQ(a.curves.size(), b.curves.size()) << a.step;
    for (std::size_t n = 0; n < a.curves.size(); ++n) expect_equal(*a.curves[n], *b.curves[n]);
    ASSERT_EQ(a.gradients.size(), b.gradients.size()) << a.step;
    for (std::size_t n = 0; n < a.gradients.size(); ++n) {
        const auto all = [](const GateGradient& g) {
            return std::tie(g.gate, g.layers, g.norms, g.nonzero_values, g.values);
        };
        EXPECT_TRUE(all(a.gradients[n]) == all(b.gradients[n])) << a.step;
    }
}

inline void expect_equal(const ExperimentRow& a, const ExperimentRow& b) {
    const auto words = [](const ExperimentRow& r) {
        return std::tie(r.what, r.unit, r.ours.over, r.ours.count, r.setting, r.paper, r.paper_setting, r.comparable);
    };
    EXPECT_TRUE(words(a) == words(b)) << a.what;
    expect_equal({a.ours.mean, a.ours.deviation, a.ours.low, a.ours.high},
                 {b.ours.mean, b.ours.deviation, b.ours.low, b.ours.high}, a.what);
    expect_equal(a.ours.values, b.ours.values, a.what);
}

inline void expect_equal(const ExperimentChart& a, const ExperimentChart& b) {
    const auto plain = [](const ExperimentChart& c) {
        return std::tie(c.id, c.title, c.x_label, c.y_label, c.bars, c.log_x, c.log_y, c.categories, c.shade_gap);
    };
    EXPECT_TRUE(plain(a) == plain(b)) << a.id;
    ASSERT_EQ(a.series.size(), b.series.size()) << a.id;
    for (std::size_t n = 0; n < a.series.size(); ++n) {
        const ExperimentSeries &one = a.series[n], &other = b.series[n];
        EXPECT_EQ(one.label, other.label);
        EXPECT_EQ(one.role, other.role);
        expect_equal(one.x, other.x, one.label + " x");
        expect_equal(one.y, other.y, one.label + " y");
        expect_equal(one.low, other.low, one.label + " low");
        expect_equal(one.high, other.high, one.label + " high");
    }
    ASSERT_EQ(a.levels.size(), b.levels.size()) << a.id;
    for (std::size_t n = 0; n < a.levels.size(); ++n) {
        EXPECT_EQ(a.levels[n].label, b.levels[n].label);
        EXPECT_EQ(a.levels[n].role, b.levels[n].role);
        EXPECT_EQ(a.levels[n].value, b.levels[n].value);
    }
}

inline void expect_equal(const ExperimentResult& a, const ExperimentResult& b) {
    expect_equal(*a.plan, *b.plan);
    ASSERT_EQ(a.outcomes.size(), b.outcomes.size());
    for (const auto& [step, outcome] : a.outcomes) {
        ASSERT_TRUE(b.outcomes.contains(step)) << step;
        expect_equal(outcome, b.outcomes.at(step));
    }
    ASSERT_EQ(a.summary.rows.size(), b.summary.rows.size());
    for (std::size_t n = 0; n < a.summary.rows.size(); ++n) expect_equal(a.summary.rows[n], b.summary.rows[n]);
    ASSERT_EQ(a.summary.charts.size(), b.summary.charts.size());
    for (std::size_t n = 0; n < a.summary.charts.size(); ++n) expect_equal(a.summary.charts[n], b.summary.charts[n]);
    EXPECT_EQ(a.summary.verdict, b.summary.verdict);
    EXPECT_EQ(a.summary.sentence, b.summary.sentence);
    EXPECT_EQ(a.summary.rule, b.summary.rule);
    EXPECT_EQ(a.summary.notes, b.summary.notes);
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.command, b.command);
    EXPECT_EQ(a.created, b.created);
    EXPECT_EQ(a.device, b.device);
    EXPECT_EQ(a.seconds, b.seconds);
}

}  // namespace gatescope
