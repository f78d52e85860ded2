// A whole tiny Llama: what must hold of any decoder, whatever its weights.
#include <ATen/ops/zeros.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <numeric>
#include <vector>

#include "model/core/error.h"
#include "model/transformer/transformer.h"
#include "tests/model/transformer/tensors.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_llama.h"

namespace gatescope {
namespace {

using namespace testing_support;
using testing::HasSubstr;

std::unique_ptr<Transformer> load(const GgufBuilder& builder, DataType dtype = DataType::kFloat32) {
    const TemporaryFolder folder;
    JobContext job;
    return load_transformer(open_checkpoint(builder.write(folder / "tiny.gguf")), {"cpu", dtype}, job);
}

std::vector<std::int32_t> ids_of(std::size_t count) {
    std::vector<std::int32_t> ids(count);
    for (std::size_t n = 0; n < count; ++n) ids[n] = static_cast<std::int32_t>((n * n * 7 + 3 * n) % 50);
    return ids;
}

at::Tensor logits_of(Transformer& model, const std::vector<std::int32_t>& ids, std::vector<Observer*> observers = {}) {
    JobContext job;
    return model.logits(model.forward({.ids = ids, .observers = std::move(observers)}, job));
}

struct Watcher : Observer {
    bool wants_blocks(std::int64_t) const override { return true; }
};

TEST(Decoder, ReportsWhatItIs) {
    const auto model = load(tiny_llama({}));
    EXPECT_EQ(model->device(), "cpu");
    EXPECT_EQ(model->dtype(), DataType::kFloat32);
    // Embedding, two layers of (q, o, k, v, gate, up, down, two norms), last norm.
    EXPECT_EQ(model->parameter_count(), 50 * 32 + 2 * (2 * 32 * 32 + 2 * 16 * 32 + 3 * 48 * 32 + 64) + 32);
    EXPECT_EQ(logits_of(*model, ids_of(9)).sizes(), (std::vector<std::int64_t>{9, 50}));
}

TEST(Decoder, LaterIdsNeverChangeEarlierLogits) {
    const auto model = load(tiny_llama({}));
    std::vector<std::int32_t> ids = ids_of(80);
    const at::Tensor before = logits_of(*model, ids);
    for (std::size_t n = 50; n < ids.size(); ++n) ids[n] = 49 - ids[n];
    const at::Tensor after = logits_of(*model, ids);
    EXPECT_LT(largest_difference(before.narrow(0, 0, 50), after.narrow(0, 0, 50)), 1e-5F);
    EXPECT_GT(largest_difference(before.narrow(0, 50, 30), after.narrow(0, 50, 30)), 1e-2F);
}

TEST(Decoder, AnObserverChangesNothing) {
    const auto model = load(tiny_llama({}));
    Watcher watcher;
    EXPECT_TRUE(logits_of(*model, ids_of(140)).equal(logits_of(*model, ids_of(140), {&watcher})));
}

struct Streams : StreamKeeper {
    void keep(std::int64_t, const at::Tensor& resid_TD) override { entering.push_back(resid_TD); }
    std::vector<at::Tensor> entering;
};

TEST(Decoder, APassFromAKeptStreamEndsAsTheWholeOne) {
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(40);
    JobContext job;
    Streams streams;
    const at::Tensor whole = model->forward({.ids = ids, .keeper = &streams}, job);
    ASSERT_EQ(streams.entering.size(), 2U);
    for (std::int64_t layer = 0; layer < 2; ++layer) {
        const at::Tensor resid_TD = streams.entering[static_cast<std::size_t>(layer)];
        EXPECT_TRUE(model->forward({.ids = ids, .start = {layer, resid_TD}}, job).equal(whole)) << layer;
    }
}

TEST(Decoder, APassWithAnEndGivesTheStreamThatEntersTheLayer) {
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(40);
    JobContext job;
    Streams streams;
    (void)model->forward({.ids = ids, .keeper = &streams}, job);
    for (std::int64_t layer = 0; layer < 2; ++layer)
        EXPECT_TRUE(model->forward({.ids = ids, .end = layer}, job)
                        .equal(streams.entering.at(static_cast<std::size_t>(layer))));
}

TEST(Decoder, AStreamOfAnotherWindowIsRefused) {
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(40);
    JobContext job;
    EXPECT_THROW(model->forward({.ids = ids, .start = {1, at::zeros({39, 32})}}, job), Failure);
    EXPECT_THROW(model->forward({.ids = ids, .start = {3, at::zeros({40, 32})}}, job), Failure);
}

TEST(Decoder, TiedEmbeddingsEqualUntiedOnesOfTheSameMatrix) {
    TinyLlama copied;
    copied.tied = false;
    copied.copy_embedding = true;
    EXPECT_TRUE(logits_of(*load(tiny_llama({})), ids_of(20)).equal(logits_of(*load(tiny_llama(copied)), ids_of(20))));
}

TEST(Decoder, SlidingWindowHidesWhatLiesBeforeIt) {
    TinyLlama sliding;
    sliding.n_layers = 1;
    sliding.sliding_window = 6;
    const auto model = load(tiny_llama(sliding));
    std::vector<std::int32_t> ids = ids_of(30);
    const at::Tensor before = logits_of(*model, ids);
    ids[10] = (ids[10] + 1) % 50;  // one layer: queries 10 to 15 alone may see it
    const at::Tensor changed = logits_of(*model, ids).sub(before).abs().amax(1);
    for (std::int64_t i = 0; i < 30; ++i)
        EXPECT_EQ(changed[i].item<float>() > 1e-4F, i >= 10 && i < 16) << "query " << i;
}

TEST(Decoder, NllIsThatOfTheLogits) {
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(200);  // more than one chunk of rows
    JobContext job;
    const at::Tensor hidden = model->forward({.ids = ids}, job);
    const std::vector<float> nll = model->token_nll(hidden, ids, job);
    const at::Tensor log_p = model->logits(hidden).log_softmax(-1);
    ASSERT_EQ(nll.size(), ids.size());
    EXPECT_TRUE(std::isnan(nll[0]));
    for (std::size_t n = 1; n < ids.size(); ++n)
        EXPECT_NEAR(nll[n], -log_p[static_cast<std::int64_t>(n) - 1][ids[n]].item<float>(), 1e-5F) << n;
}

TEST(Decoder, Bfloat16StaysNearFloat32) {
    const at::Tensor exact = logits_of(*load(tiny_llama({})), ids_of(60));
    const at::Tensor rounded = logits_of(*load(tiny_llama({}), DataType::kBFloat16), ids_of(60));
    EXPECT_EQ(rounded.scalar_type(), at::kFloat);
    EXPECT_LT(largest_difference(exact, rounded), 0.05F * exact.abs().max().item<float>());
    EXPECT_GT(largest_difference(exact, rounded), 0.0F);
}

TEST(Decoder, ShowsObserversEveryLayerOnce) {
    struct Recorder : Observer {
        void begin_window(std::int64_t window, std::span<const std::int32_t> ids) override {
            windows.push_back(window);
            count = ids.size();
        }
        void on_layer(const LayerInput& input) override {
            layers.push_back(input.layer);
            shapes = {input.x_TD.size(1), input.q_HTE.size(0), input.k_GTE.size(0), input.v_GTE.size(2)};
        }
        void end_window() override { ++ended; }
        std::vector<std::int64_t> windows, layers, shapes;
        std::size_t count = 0;
        int ended = 0;
    } recorder;
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(12);
    JobContext job;
    model->forward({.ids = ids, .window = 3, .observers = {&recorder}}, job);
    EXPECT_EQ(recorder.windows, std::vector<std::int64_t>{3});
    EXPECT_EQ(recorder.layers, (std::vector<std::int64_t>{0, 1}));
    EXPECT_EQ(recorder.shapes, (std::vector<std::int64_t>{32, 4, 2, 8}));
    EXPECT_EQ(recorder.count, 12U);
    EXPECT_EQ(recorder.ended, 1);
}

TEST(Decoder, AGateThatKeepsEverythingIsDense) {
    const auto model = load(tiny_llama({}));
    GateRun gate(parse_gate("oracle:k=200"));
    const auto ids = ids_of(100);
    JobContext job;
    const at::Tensor gated = model->logits(model->forward({.ids = ids, .gate = &gate}, job));
    EXPECT_LT(largest_difference(gated, logits_of(*model, ids)), 2e-5F);
}

TEST(Decoder, AGateOnLastHeadsChangesTheOutput) {
    const auto model = load(tiny_llama({}));
    GateRun gate(parse_gate("oracle:k=1@1/3"));
    const auto ids = ids_of(100);
    JobContext job;
    const at::Tensor gated = model->logits(model->forward({.ids = ids, .gate = &gate}, job));
    EXPECT_GT(largest_difference(gated, logits_of(*model, ids)), 1e-3F);
}

TEST(Decoder, CancelledMidwayNeverEndsTheWindow) {
    struct Stopper : Observer {
        JobContext* job = nullptr;
        int layers = 0, ended = 0;
        void on_layer(const LayerInput&) override { ++layers, job->cancel(); }
        void end_window() override { ++ended; }
    } stopper;
    JobContext job;
    stopper.job = &job;
    const auto model = load(tiny_llama({}));
    const auto ids = ids_of(12);
    EXPECT_THROW(model->forward({.ids = ids, .observers = {&stopper}}, job), Cancelled);
    EXPECT_EQ(stopper.layers, 1);
    EXPECT_EQ(stopper.ended, 0);
}

TEST(Decoder, RefusesIdsThatTheModelDoesNotHave) {
    const auto model = load(tiny_llama({}));
    for (const std::int32_t id : {-1, 50}) {
        const std::vector<std::int32_t> ids = {1, id};
        EXPECT_THROW(logits_of(*model, ids), Failure) << id;
    }
    EXPECT_THROW(logits_of(*model, {}), Failure);
}

TEST(Decoder, LoadingReportsProgressAndStopsWhenCancelled) {
    const TemporaryFolder folder;
    const std::shared_ptr<const CheckpointReader> checkpoint =
        open_checkpoint(tiny_llama({}).write(folder / "tiny.gguf"));
    JobContext job;
    load_transformer(checkpoint, {"cpu", DataType::kFloat32}, job);
    EXPECT_EQ(job.progress().done, static_cast<double>(checkpoint->tensors().size()));
    EXPECT_EQ(job.progress().total, job.progress().done);
    job.cancel();
    EXPECT_THROW(load_transformer(checkpoint, {"cpu", DataType::kFloat32}, job), Cancelled);
}

TEST(Decoder, RefusesWeightsThatAreNotFiniteByName) {
    for (const float value : {std::nanf(""), INFINITY}) {
        TinyLlama tiny;
        tiny.without = {"blk.1.attn_k.weight"};
        std::vector<float> values(std::size_t{16} * 32, 0.1F);
        values[333] = value;
        try {
            load(tiny_llama(tiny).add_tensor_f32("blk.1.attn_k.weight", {16, 32}, values));
            ADD_FAILURE() << value << " was taken";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kBadFile);
            EXPECT_THAT(failure.what(), HasSubstr("tensor blk.1.attn_k.weight holds NaN or infinity"));
        }
    }
}

}  // namespace
}  // namespace gatescope
