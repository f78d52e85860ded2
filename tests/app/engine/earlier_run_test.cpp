// A map that a capture had is gone on with only where its gate is the very same.
#include "app/engine/earlier_run.h"

#include <gmock/gmock.h>

#include <fstream>

#include "analysis/sensitivity.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

class EarlierMap : public testing::Test {
  protected:
    EarlierMap() {
        std::ofstream(file_) << "one training";
        request_.gate = term();
        SensitivityResult map;
        map.request = request_;
        map.proposal = BudgetProposal{};
        map.proposal->budgets = {4, 8};
        map.proposal->gate = map.proposal->equal = {{term()}};
        kept_ = with_named_files(map, hashes_of_files({{request_.gate}}));
    }

    GateTerm term() const { return parse_gate("learned:k=8,file=" + file_.string()).terms.front(); }

    TemporaryFolder folder_;
    std::filesystem::path file_ = folder_ / "gate.safetensors";
    SensitivityRequest request_;
    std::shared_ptr<const SensitivityResult> kept_;  // as a capture has it
};

TEST_F(EarlierMap, NamesItsGatesFileByItsLastPartAndHash) {
    const std::string gate = print_gate({{kept_->request.gate}});
    EXPECT_THAT(gate, testing::MatchesRegex("learned:k=8,file=gate.safetensors#[0-9a-f]+"));
    EXPECT_EQ(print_gate(kept_->proposal->equal), gate);
}

TEST_F(EarlierMap, IsGoneOnWithByTheSameFile) {
    const auto found = in_words_of(request_, *kept_);
    EXPECT_EQ(print_gate({{found->request.gate}}), print_gate({{term()}}));
    EXPECT_TRUE(same_sensitivity(found->request, request_));
    EXPECT_THAT(files_of(found->proposal->gate), testing::Each(file_.string()));
}

TEST_F(EarlierMap, IsAnotherGatesWhereTheFileWasTrainedAnew) {
    std::ofstream(file_) << "another training";
    EXPECT_FALSE(same_sensitivity(in_words_of(request_, *kept_)->request, request_));
}

}  // namespace
}  // namespace gatescope
