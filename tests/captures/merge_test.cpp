// Captures put together: what shards of a run and surveys of spectra become, and what is refused.
#include "captures/merge/merge.h"

#include <gmock/gmock.h>

#include "captures/capture.h"
#include "captures/merge/head_join.h"
#include "captures/merge/merge_runs.h"
#include "captures/survey.h"
#include "model/core/error.h"
#include "tests/captures/spectra_equality.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/synthetic_spectra.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// The rows of `layers` (of 0, 2) and the columns of `heads` (of 1, 3) of the synthetic runs' arrays.
class Cutter {
  public:
    Cutter(const std::vector<std::int64_t>& layers, const std::vector<std::int64_t>& heads) {
        for (const std::int64_t layer : layers)
            for (const std::int64_t head : heads)
                cells_.push_back(static_cast<std::size_t>((layer / 2) * 2 + (head / 2)));
        layers_ = std::ssize(layers);
        heads_ = std::ssize(heads);
    }

    template <typename Value>
    void cut(std::vector<Value>& values, std::size_t before, std::size_t after) const {
        std::vector<Value> out;
        for (std::size_t outer = 0; outer < before; ++outer)
            for (const std::size_t cell : cells_)
                for (std::size_t n = 0; n < after; ++n) out.push_back(values[(outer * 4 + cell) * after + n]);
        values = out;
    }

    void cut(HeadGrid& grid) const {
        cut(grid.values, 1, 1);
        grid.n_layers = layers_;
        grid.n_heads = heads_;
    }
    void cut(std::map<std::string, HeadGrid>& grids) const {
        for (auto& [name, grid] : grids) cut(grid);
    }
    void cut(std::vector<HeadGrid>& grids) const {
        for (HeadGrid& grid : grids) cut(grid);
    }
    void cut(SpectrumPart& part) const {
        cut(part.values.values, 1, static_cast<std::size_t>(part.values.n_values));
        part.values.n_layers = layers_;
        part.values.n_heads = heads_;
        cut(part.ranks);
    }
    void cut(std::optional<WeightSpectra>& of) const {
        if (!of) return;
        cut(of->whole);
        cut(of->skew);
        cut(of->symmetric);
        cut(of->figures);
    }
    Spectra cut(Spectra out) const {
        cut(out.raw);
        cut(out.folded);
        cut(out.controls->raw_projections);
        cut(out.controls->folded_projections);
        cut(out.activations->routing_fraction);
        cut(out.activations->skew);
        cut(out.activations->symmetric);
        cut(out.activations->centred);
        cut(out.cosines->attended);
        cut(out.cosines->other);
        return out;
    }
    RunResult cut(RunResult run) const {
        cut(run.concentration->mass_at_k);
        cut(run.concentration->mass_at_k_full);
        cut(run.concentration->figures);
        for (GateResult& gate : run.gates) {
            cut(gate.agreement);
            if (!gate.masks) continue;
            auto keys = std::make_shared<KeySets>(*gate.masks);
            cut(keys->keys, 1, 8 * 4);
            keys->layers = layers_;
            keys->heads = heads_;
            gate.masks = keys;
        }
        for (auto& window : run.patterns) {
            auto patterns = std::make_shared<WindowPatterns>(*window);
            cut(patterns->probabilities, 1, 8 * 8);
            patterns->layers = layers_;
            patterns->heads = heads_;
            window = patterns;
        }
        if (run.spectra) run.spectra = std::make_shared<const Spectra>(cut(*run.spectra));
        return run;
    }

  private:
    std::vector<std::size_t> cells_;
    std::int64_t layers_, heads_;
};

class MergeTest : public testing::Test {
  protected:
    static RunResult shard(RunResult run, const std::vector<std::int64_t>& layers,
                           const std::vector<std::int64_t>& heads) {
        run.request.layers = IndexSet(layers);
        run.request.heads = IndexSet(heads);
        return Cutter(layers, heads).cut(run);
    }

    std::filesystem::path file(const std::string& name) const { return folder_ / name; }

    std::filesystem::path write(const RunResult& run, const std::string& name) const {
        JobContext job;
        write_capture(run, file(name), true, job);
        return file(name);
    }

    std::filesystem::path write(const SpectraSurvey& survey, const std::string& name) const {
        JobContext job;
        write_survey(survey, file(name), true, job);
        return file(name);
    }

    Merged merge(const std::vector<std::filesystem::path>& captures) const {
        JobContext job;
        return merge_captures({captures, file("out.h5"), true, "gatescope merge"}, job);
    }

    // The line that it is refused with; nothing is left then.
    std::string refusal(const std::vector<std::filesystem::path>& captures) const {
        try {
            merge(captures);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kUsage) << failure.what();
            EXPECT_FALSE(std::filesystem::exists(file("out.h5")));
            EXPECT_FALSE(std::filesystem::exists(file("out.h5.partial")));
            return failure.what();
        }
        return "";
    }

    // The synthetic survey's models, each with those parts alone that `keep` leaves.
    static std::shared_ptr<const ModelSpectra> changed(const ModelSpectra& of,
                                                       const std::function<void(ModelSpectra&, Spectra&)>& change) {
        auto out = std::make_shared<ModelSpectra>(of);
        auto spectra = std::make_shared<Spectra>(*of.spectra);
        change(*out, *spectra);
        out->spectra = spectra;
        return out;
    }

    static SpectraSurvey survey_of(const std::vector<std::shared_ptr<const ModelSpectra>>& models) {
        SpectraSurvey out = synthetic_survey();
        out.models = models;
        return out;
    }

    TemporaryFolder folder_;
    const SpectraSurvey survey_ = synthetic_survey();
};

TEST_F(MergeTest, MakesARunOfItsShardsByLayersOrByHeadsInAnyOrder) {
    RunResult run = synthetic_lab_run();
    run.spectra = synthetic_spectra_run().spectra;
    run.request.spectra = run.spectra->request;
    run.sensitivity = nullptr;
    run.curves.clear();
    const auto low = write(shard(run, {0}, {1, 3}), "low.h5"), high = write(shard(run, {2}, {1, 3}), "high.h5");
    const auto left = write(shard(run, {0, 2}, {1}), "left.h5"), right = write(shard(run, {0, 2}, {3}), "right.h5");
    for (const auto& shards : {std::vector{low, high}, {high, low}, {left, right}, {right, left}}) {
        const Merged merged = merge(shards);
        ASSERT_TRUE(merged.run);
        const auto back = read_capture(file("out.h5"));
        RunResult expected = run;
        expected.command = "gatescope merge";
        expected.created = back->created;
        expect_equal(expected, *back);
        expect_equal(*run.spectra, *back->spectra);
    }
}

TEST_F(MergeTest, JoinsFourQuarters) {
    RunResult run = synthetic_run();
    std::vector<std::filesystem::path> quarters;
    for (const std::int64_t layer : {0, 2})
        for (const std::int64_t head : {1, 3})
            quarters.push_back(write(shard(run, {layer}, {head}), "q" + std::to_string(quarters.size()) + ".h5"));
    merge({quarters[0], quarters[1]});
    std::filesystem::rename(file("out.h5"), file("top.h5"));
    merge({quarters[2], quarters[3]});
    std::filesystem::rename(file("out.h5"), file("bottom.h5"));
    merge({file("bottom.h5"), file("top.h5")});
    const auto back = read_capture(file("out.h5"));
    run.command = "gatescope merge";
    run.created = back->created;
    expect_equal(run, *back);
}

TEST_F(MergeTest, PutsPartsOfOneRunTogether) {
    RunResult gates = synthetic_lab_run(), spectra = synthetic_spectra_run();
    spectra.concentration.reset();
    merge({write(gates, "a.h5"), write(spectra, "b.h5")});
    const auto back = read_capture(file("out.h5"));
    EXPECT_EQ(back->gates.size(), gates.gates.size() + spectra.gates.size());
    EXPECT_TRUE(back->concentration && back->sensitivity && back->spectra && !back->patterns.empty());
    EXPECT_TRUE(back->request.spectra.raw);
}

TEST_F(MergeTest, RefusesShardsThatAreNotOfOneRunAndNamesWhatDiffers) {
    const RunResult run = synthetic_spectra_run();
    const auto low = write(shard(run, {0}, {1, 3}), "low.h5");
    const auto expect = [&](const std::string& place, const std::function<void(RunResult&)>& change) {
        RunResult other = shard(run, {2}, {1, 3});
        change(other);
        EXPECT_THAT(refusal({low, write(other, "high.h5")}), AllOf(HasSubstr("high.h5: " + place), HasSubstr("low.h5")))
            << place;
    };
    const auto text = [](RunResult& other, const std::function<void(TextWindows&)>& change) {
        auto changed = std::make_shared<TextWindows>(*other.text);
        change(*changed);
        other.text = changed;
    };
    expect("/text@sha256", [&](RunResult& other) { text(other, [](TextWindows& of) { of.sha256[0] = 'c'; }); });
    expect("/text/ids", [&](RunResult& other) { text(other, [](TextWindows& of) { of.windows[0][2] = 1; }); });
    expect("/@seed", [](RunResult& other) { other.request.seed = 8; });
    expect("/@dtype", [](RunResult& other) { other.dtype = "bfloat16"; });
    expect("/@device", [](RunResult& other) { other.device = "cuda"; });
    expect("/@windows_done", [](RunResult& other) { other.windows_done = 2; });
    expect("/perplexity@nll", [](RunResult& other) { other.dense.estimate.nll += 0.01; });
    expect("/gates/kernel-rank:r=2@nll", [](RunResult& other) { other.gates[0].perplexity.estimate.nll += 0.01; });
    expect("/gates/kernel-rank:r=2", [](RunResult& other) { other.gates.erase(other.gates.begin()); });
    expect("/concentration", [](RunResult& other) { other.concentration.reset(); });
    expect("/spectra", [](RunResult& other) { other.spectra = nullptr; });
    expect("/spectra/activations", [](RunResult& other) {
        auto spectra = std::make_shared<Spectra>(*other.spectra);
        spectra->activations.reset();
        other.spectra = spectra;
    });
    expect("/spectra@delta", [](RunResult& other) {
        auto spectra = std::make_shared<Spectra>(*other.spectra);
        spectra->request.delta = 4;
        other.spectra = spectra;
    });
}

TEST_F(MergeTest, RefusesShardsThatOverlap) {
    const RunResult run = synthetic_spectra_run();
    const auto a = write(shard(run, {0, 2}, {1}), "a.h5"), b = write(shard(run, {0}, {1, 3}), "b.h5");
    EXPECT_THAT(refusal({a, b}), AllOf(HasSubstr("b.h5: /layer"), HasSubstr("a.h5"), HasSubstr("overlap")));
}

TEST_F(MergeTest, MakesASurveyOfSurveysAndOfRunsWithSpectra) {
    const RunResult run = synthetic_spectra_run();
    const Merged merged = merge({write(survey_of({survey_.models[0]}), "a.h5"), write(run, "run.h5"),
                                 write(survey_of({survey_.models[1], survey_.models[2]}), "b.h5")});
    ASSERT_TRUE(merged.survey);
    const auto back = read_survey(file("out.h5"));
    ASSERT_EQ(back->models.size(), 4U);
    expect_equal(*survey_.models[0], *back->models[0]);
    expect_equal(*run.spectra, *back->models[1]->spectra);
    EXPECT_EQ(back->models[1]->name, "tiny.gguf");
    EXPECT_EQ(back->models[1]->layers, run.request.layers);
    expect_equal(*survey_.models[2], *back->models[3]);
    EXPECT_TRUE(back->complete);
}

TEST_F(MergeTest, PutsPartsOfOneCheckpointTogether) {
    const ModelSpectra& whole = *survey_.models[0];
    const auto weights = changed(whole, [](ModelSpectra&, Spectra& spectra) {
        spectra.activations.reset();
        spectra.cosines.reset();
    });
    const auto activations = changed(whole, [](ModelSpectra&, Spectra& spectra) {
        spectra.raw.reset();
        spectra.folded.reset();
        spectra.controls.reset();
        spectra.request.delta = spectra.request.seed = 0;
    });
    for (const auto& order : {std::vector{weights, activations}, {activations, weights}}) {
        merge({write(survey_of({order[0]}), "a.h5"), write(survey_of({order[1]}), "b.h5")});
        expect_equal(whole, *read_survey(file("out.h5"))->models[0]);
    }
}

TEST_F(MergeTest, PutsLayersOfOneCheckpointTogetherInAnyOrder) {
    RunResult run = synthetic_spectra_run();
    const auto part = [&](const std::vector<std::int64_t>& layers, const std::function<void(Spectra&)>& change) {
        auto out = std::make_shared<ModelSpectra>();
        out->name = run.model->name;
        out->model = run.model;
        out->layers = IndexSet(layers);
        out->heads = IndexSet({1, 3});
        Spectra spectra = Cutter(layers, {1, 3}).cut(*run.spectra);
        change(spectra);
        out->spectra = std::make_shared<const Spectra>(spectra);
        return survey_of({out});
    };
    const auto no_activations = [](Spectra& spectra) { spectra.activations.reset(); };
    const auto only_activations = [](Spectra& spectra) {
        const auto kept = spectra.activations;
        spectra = {};
        spectra.activations = kept;
    };
    merge({write(part({0, 2}, only_activations), "a.h5"), write(part({2}, no_activations), "b.h5"),
           write(part({0}, no_activations), "c.h5")});
    const auto back = read_survey(file("out.h5"));
    ASSERT_EQ(back->models.size(), 1U);
    expect_equal(*run.spectra, *back->models[0]->spectra);
}

TEST_F(MergeTest, KeepsOtherCheckpointsOfOneNameApartAndTheSameOnce) {
    const auto other = changed(*survey_.models[0], [](ModelSpectra& of, Spectra&) {
        auto model = std::make_shared<ModelSummary>(*of.model);
        model->sha256 = std::string(64, '0');
        of.model = model;
    });
    merge({write(survey_of({survey_.models[0]}), "a.h5"), write(survey_of({other, survey_.models[0]}), "b.h5")});
    const auto back = read_survey(file("out.h5"));
    ASSERT_EQ(back->models.size(), 2U);
    EXPECT_EQ(back->models[0]->name, "small");
    EXPECT_EQ(back->models[1]->name, "small (2)");
}

TEST_F(MergeTest, RefusesOtherNumbersOfOneCheckpoint) {
    const auto other = changed(*survey_.models[0], [](ModelSpectra&, Spectra& spectra) {
        spectra.folded->skew.ranks["rank_90"].values[0] += 1;
    });
    EXPECT_THAT(refusal({write(survey_of({survey_.models[0]}), "a.h5"), write(survey_of({other}), "b.h5")}),
                AllOf(HasSubstr("b.h5: /spectra/weights/folded/skew/rank_90"), HasSubstr("a.h5")));
}

TEST_F(MergeTest, RefusesWhatHasNoSpectraIsNoCaptureOrIsAlone) {
    const auto survey = write(survey_, "s.h5"), run = write(synthetic_run(), "run.h5");
    EXPECT_THAT(refusal({survey, run}), AllOf(HasSubstr("run.h5: /spectra"), HasSubstr("is missing")));
    EXPECT_THAT(refusal({survey}), HasSubstr("two captures"));
    EXPECT_THROW(merge({survey, file("none.h5")}), Failure);
    EXPECT_FALSE(std::filesystem::exists(file("out.h5")));
}

TEST_F(MergeTest, IsIncompleteWhereAPartIs) {
    SpectraSurvey cut_short = survey_of({survey_.models[0]});
    cut_short.complete = false;
    merge({write(cut_short, "a.h5"), write(survey_of({survey_.models[1]}), "b.h5")});
    EXPECT_FALSE(read_survey(file("out.h5"))->complete);
}

}  // namespace
}  // namespace gatescope
