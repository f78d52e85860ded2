#include "model/core/closest_match.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(ClosestMatch, FindsTheNameThatWasMeant) {
    EXPECT_EQ(closest_match("orcale", {"dense", "oracle", "window"}), "oracle");
}

TEST(ClosestMatch, IsSilentWhenNothingIsNear) {
    EXPECT_EQ(closest_match("zzzzzzzz", {"dense", "oracle"}), "");
}

TEST(ClosestMatch, ASuggestionListsAllThatIsKnown) {
    EXPECT_EQ(suggestion("dens", {"dense", "oracle"}), "did you mean dense? known: dense, oracle");
}

}  // namespace
}  // namespace gatescope
