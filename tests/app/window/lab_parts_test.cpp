// The parts of the gate lab's panels that draw nothing: forms as requests, charts as data, words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "app/engine/command_line.h"
#include "app/window/lab_requests.h"
#include "app/window/panels/distillation_curves.h"
#include "app/window/panels/gate_gradient.h"
#include "app/window/panels/sensitivity_chart.h"
#include "app/window/panels/sweep_chart.h"
#include "app/window/view_settings.h"
#include "tests/support/fake_lab.h"
#include "tests/support/fake_snapshot.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::ElementsAre;

const TrainFigure& figure(const std::string& id) {
    for (const TrainFigure& each : train_figures())
        if (each.id == id) return each;
    throw std::runtime_error("no figure " + id);
}

TEST(RoundTicks, AreRoundAndFew) {
    EXPECT_THAT(round_ticks(0, 1, false, 5),
                ElementsAre(0, 0.2, testing::DoubleNear(0.4, 1e-9), testing::DoubleNear(0.6, 1e-9),
                            testing::DoubleNear(0.8, 1e-9), testing::DoubleNear(1, 1e-9)));
    EXPECT_THAT(round_ticks(17, 650, true, 5), ElementsAre(20, 50, 100, 200, 500));
    EXPECT_LE(round_ticks(1, 1e9, true, 3).size(), 6U);
    EXPECT_TRUE(round_ticks(1, 1, false, 5).empty());
}

TEST(Chart, HoldsAllPointsLevelsAndErrorBars) {
    Chart chart;
    ChartLine line;
    line.add(1, 10, 8, 13);
    line.add(2, 20, NAN, NAN);
    line.add(3, NAN, 0, 0);
    EXPECT_EQ(line.x.size(), 2U) << "what is not there is not drawn";
    chart.lines.push_back(line);
    chart.levels.push_back({"dense", 5, {}});
    chart.fit(5);
    EXPECT_LE(chart.x.least, 1);
    EXPECT_GE(chart.x.most, 2);
    EXPECT_LE(chart.y.least, 5);
    EXPECT_GE(chart.y.most, 20);
    EXPECT_GE(chart.y.ticks.size(), 2U);
}

TEST(TrainChart, HasTheCurvesOfBothGatesAndDenseAndOracleAsLevels) {
    const auto run = fake::distillation(300);
    const Chart chart = train_chart(*run, figure("perplexity"), {});
    ASSERT_EQ(chart.lines.size(), 2U);
    EXPECT_EQ(chart.lines[0].y, run->learned->series.at("perplexity"));
    EXPECT_EQ(chart.lines[1].y, run->random->series.at("perplexity"));
    EXPECT_EQ(chart.lines[0].x.back(), 300);
    ASSERT_EQ(chart.levels.size(), 2U);
    EXPECT_EQ(chart.levels[0].y, run->dense_perplexity);
    EXPECT_TRUE(chart.y.logarithmic) << "the random gate is far off";
    EXPECT_TRUE(train_chart(*run, figure("f1"), {}).levels.empty());
    EXPECT_FALSE(train_chart(*run, figure("f1"), {}).y.logarithmic);
}

TEST(TrainChart, LeavesOutWhatWasNotMeasured) {
    DistillRun run = *fake::distillation(100);
    auto curve = std::make_shared<TrainCurve>(*run.learned);
    curve->series["perplexity"] = {600, NAN, NAN, NAN, 100};
    curve->series.erase("f1");
    run.learned = curve;
    EXPECT_THAT(train_chart(run, figure("perplexity"), {}).lines[0].x, ElementsAre(0, 100));
    EXPECT_EQ(train_chart(run, figure("f1"), {}).lines.size(), 1U);
    EXPECT_EQ(last_value(run.learned.get(), figure("perplexity")), "100.00");
    EXPECT_EQ(last_value(run.learned.get(), figure("f1")), "–");
}

TEST(SweepPicture, HasALineForEachGateInTheColourOfItsSlot) {
    const auto run = fake::sweep();
    const auto curves = sweep_curves(*run);
    Theme theme;
    theme.colours = palette(ThemeKind::kDark);
    const std::array<std::string, 2> families = {family_of("oracle:k=12"), family_of("dense")};
    const SweepPicture picture = sweep_picture(*run, curves, SweepChart::kPerplexity, false, families, theme);
    ASSERT_EQ(picture.chart.lines.size(), 4U) << "and the point from which on 99 % is kept";
    EXPECT_EQ(picture.points[3][0]->budget, 64);
    EXPECT_EQ(picture.chart.lines[0].colour.x, theme.colours.gate_a.x);
    EXPECT_NE(picture.chart.lines[1].colour.x, theme.colours.gate_a.x);
    ASSERT_EQ(picture.points[0].size(), 5U);
    for (std::size_t point = 0; point < 5; ++point) {
        EXPECT_EQ(picture.chart.lines[0].x[point], sparsity_place(picture.points[0][point]->sparsity));
        EXPECT_EQ(picture.chart.lines[0].y[point], picture.points[0][point]->perplexity.perplexity);
    }
    ASSERT_EQ(picture.chart.levels.size(), 1U);
    EXPECT_EQ(sparsity_text(sparsity_place(0.875)), "87.5 %");
}

TEST(SweepPicture, DrawsGatesWhoseRankIsSweptOverRanksOnly) {
    RunResult run = *fake::sweep();
    run.gates.resize(5);
    for (const std::size_t gate : {2U, 3U, 4U})
        run.gates[gate].gate = with_budget(parse_swept_gate("kernel-rank"), std::int64_t{4} << gate);
    const auto curves = sweep_curves(run);
    EXPECT_TRUE(has_ranks(curves));
    EXPECT_TRUE(has_sparsity(curves));
    const SweepPicture over = sweep_picture(run, curves, SweepChart::kPerplexity, true, {}, {});
    EXPECT_TRUE(over.chart.lines[0].x.empty());
    EXPECT_THAT(over.chart.lines[1].x, ElementsAre(4, 5, 6));
    EXPECT_EQ(over.chart.x.label, "rank");
    EXPECT_EQ(rank_text(5), "32");
    EXPECT_TRUE(sweep_picture(run, curves, SweepChart::kPerplexity, false, {}, {}).chart.lines[1].x.empty());
}

TEST(SweepPicture, NamesFilesWithoutTheirFolders) {
    RunResult run = *fake::sweep();
    run.gates.resize(1);
    run.gates[0].gate = parse_gate("learned:k=8,file=some/folder/learned.safetensors");
    const SweepPicture picture = sweep_picture(run, sweep_curves(run), SweepChart::kF1, false, {}, {});
    EXPECT_EQ(picture.chart.lines[0].label.find("folder"), std::string::npos) << picture.chart.lines[0].label;
    EXPECT_NE(picture.chart.lines[0].label.find("learned.safetensors"), std::string::npos);
}

TEST(CostChart, HasALineForEachKThatIsShown) {
    const auto result = fake::sensitivity();
    const Chart chart = cost_chart(*result, {8, 16}, {});
    ASSERT_EQ(chart.lines.size(), 3U);
    EXPECT_EQ(chart.lines[0].label, "k = 32");
    EXPECT_EQ(chart.lines[0].y[4], result->layer_at(2, 4).nll);
    EXPECT_EQ(chart.lines[0].high[4], result->layer_at(2, 4).nll + result->layer_at(2, 4).standard_error);
    EXPECT_EQ(budget_chart(*result, {}).lines[0].y.size(), 30U);
}

TEST(GradientWords, TellAnExactZeroFromASmallNumber) {
    const auto gradients = fake::gradients();
    EXPECT_NE(gradient_words(gradients[0]).find("exactly 0 in every layer"), std::string::npos);
    EXPECT_NE(gradient_words(gradients[0]).find("0 of 9,953,280 values"), std::string::npos);
    EXPECT_EQ(gradient_words(gradients[1]).find("exactly"), std::string::npos);
    GateGradient tiny = gradients[0];
    tiny.norms[3] = 1e-30;
    EXPECT_EQ(gradient_words(tiny).find("exactly"), std::string::npos);
}

TEST(DistillationForm, OffersTrainableGatesOfTheCatalogue) {
    std::vector<std::string> ids;
    for (const GateInfo* info : distillable_gates()) {
        ids.push_back(info->id);
        EXPECT_TRUE(info->traits.trainable);
    }
    EXPECT_THAT(ids, testing::IsSupersetOf({"learned", "block-learned", "indexer"}));
    EXPECT_TRUE(distill_fields("learned").rope);
    EXPECT_TRUE(distill_fields("block-learned").keys_per_block);
    EXPECT_TRUE(distill_fields("indexer").index_heads);
    EXPECT_FALSE(distill_fields("indexer").rope);
}

TEST(DistillationForm, SaysWhatIsWrongAtTheField) {
    const Snapshot snapshot = fake::snapshot();
    const auto error = [&](std::string DistillDraft::*field, const std::string& text, const std::string& key) {
        DistillDraft draft;
        draft.*field = text;
        const auto checked = check_distillation(snapshot, draft);
        EXPECT_FALSE(checked.why_not.empty()) << key << " " << text;
        const auto found = checked.errors.find(key);
        return found == checked.errors.end() ? std::string() : found->second;
    };
    EXPECT_NE(error(&DistillDraft::k, "0", "k"), "");
    EXPECT_NE(error(&DistillDraft::steps, "1e3", "steps"), "");
    EXPECT_NE(error(&DistillDraft::gate_dim, "", "gate_dim"), "");
    EXPECT_NE(error(&DistillDraft::learning_rate, "-1", "learning_rate"), "");
    EXPECT_NE(error(&DistillDraft::layers, "0-30", "layers").find("0-29"), std::string::npos);
    EXPECT_NE(error(&DistillDraft::text, "nowhere/none.txt", "text"), "");
    EXPECT_NE(error(&DistillDraft::out, "nowhere/gate.safetensors", "out"), "");
    EXPECT_NE(error(&DistillDraft::local, "64", "sinks"), "");
    EXPECT_EQ(check_distillation(snapshot, {}).why_not, "");
}

TEST(DistillationForm, TrainsOnTheSamplesOwnTextOnlyWhileTheSampleIsOpen) {
    Snapshot snapshot = fake::snapshot();
    EXPECT_EQ(training_text(snapshot, {}), "sample-train");
    snapshot.settings.model_path = "model.gguf", snapshot.settings.text_path = "words.txt";
    EXPECT_EQ(training_text(snapshot, {}), "");
    EXPECT_EQ(check_distillation(snapshot, {}).errors.at("text"), "choose a text to train on");
}

TEST(DistillationForm, NeverSuggestsAFileThatIsThereAndSaysWhenATypedOneIs) {
    const TemporaryFolder folder;
    DistillDraft draft;
    draft.out = (folder.path() / "gate.safetensors").string();
    EXPECT_FALSE(check_distillation(fake::snapshot(), draft).exists);
    std::ofstream(draft.out) << "a gate";
    const auto checked = check_distillation(fake::snapshot(), draft);
    EXPECT_TRUE(checked.exists);
    EXPECT_TRUE(checked.command.overwrite);
    EXPECT_EQ(checked.why_not, "");
}

TEST(DistillationForm, CannotBeStartedThroughTheMask) {
    DistillDraft draft;
    draft.signal = "mask";
    EXPECT_EQ(check_distillation(fake::snapshot(), draft).why_not, "a hard set passes no gradient: choose KL or BCE");
}

TEST(DistillationOutlook, KnowsHowLongFromTheStepsSoFar) {
    Snapshot snapshot = fake::snapshot();
    EXPECT_NE(distillation_outlook(snapshot, {}).find("How long is known after the first steps"), std::string::npos);
    snapshot.distillation = fake::distillation(400);  // 2.1 s a step, 600 to go
    EXPECT_NE(distillation_outlook(snapshot, snapshot.distillation->request).find("2.1 s a step, 21 min left"),
              std::string::npos);
    EXPECT_EQ(duration_text(20), "under 1 min");
    EXPECT_EQ(duration_text(4800), "1 h 20 min");
}

TEST(SweepForm, ReadsBudgetsInAnyOrderOnce) {
    SweepDraft draft;
    std::string& k = draft.budgets[Swept::kKeys];
    k = "64 8,, 8,16";
    EXPECT_THAT(check_sweep(fake::snapshot(), draft).command.request.budgets.at(Swept::kKeys), ElementsAre(8, 16, 64));
    k = "8,x";
    EXPECT_EQ(check_sweep(fake::snapshot(), draft).errors.count("k"), 1U);
    k = "8";
    draft.with_a = draft.with_b = false;
    EXPECT_EQ(check_sweep(fake::snapshot(), draft).why_not, "gates: choose a gate");
}

TEST(SensitivityForm, TakesOneGateWithABudget) {
    SensitivityDraft draft;
    EXPECT_EQ(check_sensitivity(fake::snapshot(), draft).why_not, "");
    for (const char* gate : {"linear", "oracle:k=8@0+oracle:k=16@1", "nothing"}) {
        draft.gate = gate;
        EXPECT_EQ(check_sensitivity(fake::snapshot(), draft).errors.count("gate"), 1U) << gate;
    }
    draft = {};
    draft.budgets[Swept::kKeys].mean = "4";
    EXPECT_EQ(check_sensitivity(fake::snapshot(), draft).errors.count("mean_k"), 1U);
}

TEST(LabForms, AreFilledAtTheNextStartAsTheyWereLeft) {
    ViewState view, again;
    WindowSize size;
    view.layout = LayoutId::kRuns;
    view.lab.distill.text = "words.txt";
    view.lab.sweep.gates = {"strided:k=8", "block:b=4,n=2"};
    view.lab.sensitivity.gate = "uniform:k=8";
    words_to_view(view_to_words(view, size), again, size);
    EXPECT_EQ(again.layout, LayoutId::kRuns);
    EXPECT_EQ(again.lab.distill, view.lab.distill);
    EXPECT_EQ(again.lab.sweep, view.lab.sweep);
    EXPECT_EQ(again.lab.sensitivity, view.lab.sensitivity);
}

TEST(LabCommands, SayWhatTheFormsSay) {
    DistillDraft draft;
    draft.out = "gate.safetensors";
    draft.rope = true;
    draft.layers = "0-3";
    const Snapshot snapshot = fake::snapshot();
    EXPECT_EQ(distill_command(snapshot, check_distillation(snapshot, draft).command),
              "gatescope distill sample --text sample-train --gate learned --loss kl --k 64 --steps 1000 --gate-dim 32 "
              "--rope --layers 0-3 --out gate.safetensors");
    SweepDraft sweep;
    sweep.path = "sweep.h5";
    EXPECT_EQ(sweep_line(snapshot, check_sweep(snapshot, sweep).command),
              "gatescope sweep sample --text sample --window 512 --windows 8 --gate oracle:k=64 --gate "
              "window:sinks=4,local=60 --k 8,16,32,64,128 --out sweep.h5");
    EXPECT_EQ(perplexity_command(snapshot, "oracle:k=8"),
              "gatescope perplexity sample --text sample --window 512 --windows 8 --gate oracle:k=8");
}

}  // namespace
}  // namespace gatescope
