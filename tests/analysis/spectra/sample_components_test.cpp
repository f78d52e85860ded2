// What a trained head does, readable in its components: the sample model's layer 0, head 3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/spectra/components.h"
#include "model/checkpoint/checkpoint_reader.h"
#include "model/families/families.h"
#include "model/tokenizer/tokenizer.h"

namespace gatescope {
namespace {

std::vector<std::string> pieces(const ComponentSide& side) {
    std::vector<std::string> out;
    for (const LoadedToken& token : side) out.push_back(token.piece);
    return out;
}

TEST(SampleComponents, AnArticleAttendsToThePrepositionRightBeforeIt) {
    const auto checkpoint = open_checkpoint(GATESCOPE_SAMPLE_DIR "/SmolLM2-135M-Instruct.Q4_1.gguf");
    const auto tokenizer = make_tokenizer(*checkpoint);
    JobContext job;
    const auto head = head_components(*checkpoint, read_config(*checkpoint), tokenizer.get(),
                                      {.layer = 0, .head = 3, .delta = 1, .count = 2, .tokens = 8}, job);
    const HeadComponent& plane = head->planes.at(1);
    EXPECT_THAT(pieces(plane.sides[0]), testing::Contains("the"));
    EXPECT_THAT(pieces(plane.sides[1]), testing::IsSupersetOf({" on", " in", " from", " for", " at"}));
}

}  // namespace
}  // namespace gatescope
