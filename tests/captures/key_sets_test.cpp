// Key sets read back on their own, for the gate that plays them.
#include "captures/key_sets.h"

#include <gmock/gmock.h>

#include "captures/capture.h"
#include "model/core/error.h"
#include "tests/support/synthetic_run.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

class StoredSets : public testing::Test {
  protected:
    void write(const RunResult& run) const {
        JobContext job;
        write_capture(run, path_, true, job);
    }

    // One gate's sets, where run.gates[1] is oracle:k=4.
    void write_with(const KeySets& sets) const {
        RunResult run = synthetic_run();
        run.gates[1].masks = std::make_shared<const KeySets>(sets);
        write(run);
    }

    std::string refusal(const std::string& gate) const {
        try {
            read_key_sets(path_, gate);
        } catch (const Failure& failure) {
            return failure.what();
        }
        return "";
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "run.h5";
};

TEST_F(StoredSets, AreThoseThatWereWrittenWithTheNumbersOfTheirLayersAndHeads) {
    const RunResult run = synthetic_run();
    write(run);
    const StoredKeySets stored = read_key_sets(path_, "oracle:k=4");
    EXPECT_EQ(stored.gate, "oracle:k=4");
    EXPECT_EQ(stored.sets->keys, run.gates[1].masks->keys);
    EXPECT_EQ(stored.sets->queries, 8);
    EXPECT_EQ(stored.sets->slots, 4);
    EXPECT_THAT(stored.layers, ElementsAre(0, 2));
    EXPECT_THAT(stored.heads, ElementsAre(1, 3));
    EXPECT_EQ(stored.text->windows, run.text->windows);
    EXPECT_EQ(stored.model_sha256, run.model->sha256);
}

TEST_F(StoredSets, AreFoundByAnySpellingOfTheGate) {
    write(synthetic_run());
    EXPECT_EQ(read_key_sets(path_, "window:local=3,sinks=1@0,1/2").gate, "window:sinks=1,local=3@0-1/2");
}

TEST_F(StoredSets, NeedANameOnlyWhereThereAreSeveral) {
    write(synthetic_run());
    EXPECT_THAT(refusal(""), AllOf(HasSubstr("several"), HasSubstr("oracle:k=4"), HasSubstr("window:sinks=1")));
    EXPECT_THAT(refusal("oracle:k=5"), AllOf(HasSubstr("oracle:k=5"), HasSubstr("oracle:k=4")));
    RunResult run = synthetic_run();
    run.gates[0].masks = nullptr;
    write(run);
    EXPECT_EQ(read_key_sets(path_, "").gate, "oracle:k=4");
    run.gates[1].masks = nullptr;
    write(run);
    EXPECT_THAT(refusal(""), HasSubstr("--masks"));
}

TEST_F(StoredSets, MayComeInAnyOrder) {
    KeySets sets{1, 2, 2, 8, 4, std::vector<std::int32_t>(2UL * 2 * 8 * 4, -1)};
    const std::size_t row = 6 * 4UL;
    sets.keys[row] = 5;
    sets.keys[row + 1] = -1;
    sets.keys[row + 2] = 2;
    sets.keys[row + 3] = 5;
    write_with(sets);
    const StoredKeySets stored = read_key_sets(path_, "oracle:k=4");
    const auto at = stored.sets->keys.begin() + static_cast<std::ptrdiff_t>(row);
    EXPECT_THAT(std::vector<std::int32_t>(at, at + 4), ElementsAre(2, 5, -1, -1));
}

TEST_F(StoredSets, MustNotLookAhead) {
    KeySets sets{1, 2, 2, 8, 4, std::vector<std::int32_t>(2UL * 2 * 8 * 4, 0)};
    sets.keys[3 * 4] = 4;
    write_with(sets);
    EXPECT_THAT(refusal("oracle:k=4"), AllOf(HasSubstr("/gates/oracle:k=4/keys"), HasSubstr("behind their query")));
}

TEST_F(StoredSets, MustCoverTheirWindows) {
    write_with({1, 2, 2, 7, 4, std::vector<std::int32_t>(2UL * 2 * 7 * 4, 0)});
    EXPECT_THAT(refusal("oracle:k=4"), HasSubstr("lacks queries"));
    write_with({1, 2, 2, 8, 1, std::vector<std::int32_t>(2UL * 2 * 8, 8)});
    EXPECT_THAT(refusal("oracle:k=4"), HasSubstr("keys that no window has"));
}

}  // namespace
}  // namespace gatescope
