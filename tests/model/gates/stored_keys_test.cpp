// Sets of keys from a file: what is read, what is kept, and every fault by name.
#include "model/gates/stored_keys.h"

#include <ATen/ops/equal.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/core/error.h"
#include "tests/model/gates/gate_fixture.h"
#include "tests/support/key_sets_bytes.h"
#include "tests/support/safetensors_bytes.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::HasSubstr;

class StoredKeySetsOfAFile : public testing::Test {
  protected:
    StoredKeySetsOfAFile() {
        model_.n_layers = 2;
        model_.n_heads = model_.n_kv_heads = 4;
    }
    std::string gate(const std::string& more = {}) const { return "keys:file=\"" + path_.string() + "\"" + more; }
    GateSpec read(const std::string& bytes, const std::string& more = {}) const {
        write_file(path_, bytes);
        return with_stored_keys(parse_gate(gate(more)), model_, {});
    }
    std::string refusal(const std::function<void()>& attempt) const {
        try {
            attempt();
            return "";
        } catch (const Failure& failure) {
            EXPECT_THAT(failure.what(), HasSubstr(path_.string()));
            return failure.what();
        }
    }
    std::string refusal(const std::string& bytes, const std::string& more = {}) const {
        return refusal([&] { (void)read(bytes, more); });
    }
    // The line that refuses sets whose query 7 holds `key` in slot 2.
    std::string refusal_of_key(std::int64_t key) const {
        return refusal(key_sets_npy({}, [key](std::int64_t query, std::int64_t slot) {
            return query == 7 && slot == 2 ? key : slot > query ? -1 : query - slot;
        }));
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "keys.npy";
    ModelConfig model_;
};

TEST_F(StoredKeySetsOfAFile, AreKeptAsTheyAre) {
    // Every third key: also where a query has fewer keys than the longest set.
    write_file(path_, key_sets_npy({.slots = 14}, [](std::int64_t query, std::int64_t slot) {
                   return 3 * slot <= query ? 3 * slot : -1;
               }));
    const testing_support::Layer layer;
    const at::Tensor kept = testing_support::kept_keys(gate(), layer);
    for (std::int64_t query = 0; query < layer.tokens; ++query)
        for (std::int64_t key = 0; key < layer.tokens; ++key)
            EXPECT_EQ(kept[1][query][key].item<bool>(), key <= query && key % 3 == 0) << query << " " << key;
    const GateSpec spec = with_stored_keys(parse_gate(gate()), model_, {});
    EXPECT_EQ(budget_of(spec.terms[0], 512), 14) << "the longest set";
}

TEST_F(StoredKeySetsOfAFile, LeaveAQueryWithoutAnyItsOwnKey) {
    write_file(path_, key_sets_npy({}, [](std::int64_t, std::int64_t) { return -1; }));
    const at::Tensor kept = testing_support::kept_keys(gate(), {});
    EXPECT_TRUE(kept.sum(-1).eq(1).all().item<bool>());
    EXPECT_TRUE(kept.diagonal(0, 1, 2).all().item<bool>());
}

TEST_F(StoredKeySetsOfAFile, HoldInt64AsWell) {
    std::vector<std::int64_t> values(2 * 4 * 3, 0);
    const GateSpec spec = read(npy_of("<i8", "(1, 2, 4, 3, 1)", values));
    EXPECT_EQ(spec.terms[0].keys->queries, 3);
    EXPECT_EQ(spec.terms[0].keys->layers, (std::vector<std::int64_t>{0, 1}));
}

TEST_F(StoredKeySetsOfAFile, AreRefusedWhereAKeyIsNone) {
    EXPECT_THAT(refusal_of_key(8), HasSubstr("key 8 is behind its query (window 0, layer 0, head 0, query 7)"));
    EXPECT_THAT(refusal_of_key(6), HasSubstr("holds the key 6 twice"));
    EXPECT_THAT(refusal_of_key(40), HasSubstr("holds the key 40"));
    EXPECT_THAT(refusal_of_key(-2), HasSubstr("holds the key -2"));
    model_.sliding_window = 6;
    EXPECT_THAT(refusal_of_key(1), HasSubstr("sliding window of 6"));
    EXPECT_EQ(refusal_of_key(2), "");
}

TEST_F(StoredKeySetsOfAFile, AreRefusedOfAnotherModelOrShape) {
    EXPECT_THAT(refusal(last_keys_npy({.layers = 3})), HasSubstr("3 layers of 4 heads"));
    EXPECT_THAT(refusal(last_keys_npy({.heads = 2})), HasSubstr("the model has 2 layers of 4 heads"));
    EXPECT_THAT(refusal(last_keys_npy({.slots = 0})), HasSubstr("holds no sets"));
    EXPECT_THAT(refusal(npy_of<std::int32_t>("<i4", "(2, 4)", std::vector<std::int32_t>(8))), HasSubstr("slot]"));
    EXPECT_THAT(refusal(npy_of<float>("<f4", "(1, 2, 4, 1, 1)", std::vector<float>(8))), HasSubstr("int32"));
    EXPECT_THAT(refusal(last_keys_npy({}), ",gate=\"oracle:k=8\""), HasSubstr("leave gate= out"));
}

TEST_F(StoredKeySetsOfAFile, AreThoseOfACapturesLayersAndHeads) {
    write_file(path_, "a capture");
    const StoredKeys of_one{path_.string(), 1, 3, 1, {1}, {0, 2}, std::vector<std::int32_t>(6, 0), 1};
    std::string asked;
    const CaptureKeys capture = [&](const std::filesystem::path& file, const std::string& name) {
        EXPECT_EQ(file, path_);
        asked = name;
        return of_one;
    };
    const auto with = [&](const std::string& more) {
        return with_stored_keys(parse_gate(gate(more)), model_, capture);
    };
    const GateSpec spec = with(",gate=\"oracle:k=8,sinks=1@0/2\"@1/0,2");
    EXPECT_EQ(asked, "oracle:k=8,sinks=1@0/2");
    EXPECT_NE(spec.terms[0].keys, nullptr);
    EXPECT_EQ(print_gate(parse_gate(print_gate(spec))), print_gate(spec));
    EXPECT_THAT(refusal([&] { with(""); }), HasSubstr("has no sets for layer 0; it has those of layers 1"));
    EXPECT_THAT(refusal([&] { with("@1"); }), HasSubstr("has no sets for head 1; it has those of heads 0,2"));
}

TEST_F(StoredKeySetsOfAFile, AreHeldAgainstTheRunsWindows) {
    const GateSpec spec = read(last_keys_npy({.windows = 2}));
    const auto refused = [&](const std::vector<std::size_t>& lengths) {
        std::vector<std::vector<std::int32_t>> windows;
        for (const std::size_t length : lengths) windows.emplace_back(length, 7);
        return refusal([&] { check_stored_keys(spec, windows); });
    };
    EXPECT_EQ(refused({40, 40}), "");
    EXPECT_EQ(refused({40, 13}), "") << "a short last window";
    EXPECT_THAT(refused({40, 40, 40}), HasSubstr("has sets for 2 windows, the run has 3"));
    EXPECT_THAT(refused({64}), HasSubstr("windows of 40 tokens, the run's have 64"));
    EXPECT_THAT(refused({32}), HasSubstr("windows of 40 tokens, the run's have 32"));
}

TEST_F(StoredKeySetsOfAFile, OfAnotherTextAreRefusedWhereTheFileSaysWhichItWas) {
    write_file(path_, "a capture");
    StoredKeys stored{path_.string(), 1, 3, 1, {0}, {0}, std::vector<std::int32_t>(3, 0), 1};
    stored.text = {{5, 6, 7}};
    const GateSpec spec =
        with_stored_keys(parse_gate(gate("@0/0")), model_, [&](const auto&, const auto&) { return stored; });
    const auto refused = [&](const std::vector<std::vector<std::int32_t>>& windows) {
        return refusal([&] { check_stored_keys(spec, windows); });
    };
    EXPECT_EQ(refused({{5, 6, 7}}), "");
    EXPECT_THAT(refused({{5, 6, 8}}), HasSubstr("has sets of another text: window 0 has other tokens"));
}

TEST_F(StoredKeySetsOfAFile, HaveToBeReadBeforeTheGateRuns) {
    EXPECT_THROW(GateRun(parse_gate("keys:file=x.npy")), Failure);
}

}  // namespace
}  // namespace gatescope
