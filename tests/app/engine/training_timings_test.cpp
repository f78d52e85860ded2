#include "app/engine/training_timings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "analysis/training/recipe.h"
#include "model/core/error.h"
#include "tests/support/temporary_folder.h"

namespace gatescope {
namespace {

TrainingTimingRequest small_request(const std::filesystem::path& folder) {
    Recipe recipe = default_recipe();
    for (const auto& [field, value] : std::map<std::string, std::string>{{"model.n_layers", "2"},
                                                                         {"model.d_model", "16"},
                                                                         {"model.n_heads", "2"},
                                                                         {"data.vocabulary", "300"},
                                                                         {"train.window", "16"},
                                                                         {"gate.dim", "4"}})
        set_field(recipe, field, value);
    const std::filesystem::path path = folder / "recipe.json";
    std::ofstream(path) << print_recipe(recipe);
    return {.recipe = path.string(), .batch = 2, .repeats = 3, .gates = {"dense", "soft-random", "learned:k=4"}};
}

TEST(TrainingTimings, HaveARowForEveryPrecisionAndGate) {
    const TemporaryFolder folder;
    JobContext job;
    const auto timings = time_training(small_request(folder.path()), {.device = "cpu"}, job);
    ASSERT_EQ(timings.size(), 6U);
    for (std::size_t n = 0; n < timings.size(); ++n) {
        EXPECT_EQ(timings[n].precision, n < 3 ? "float32" : "bfloat16");
        EXPECT_EQ(timings[n].gate, (std::vector<std::string>{"dense", "soft-random", "learned:k=4"})[n % 3]);
        EXPECT_GT(timings[n].seconds, 0.0);
        EXPECT_GE(timings[n].median_seconds, timings[n].seconds);
        EXPECT_EQ(timings[n].tokens, 32.0);
    }
    EXPECT_EQ(timings[0].times_dense, 1.0);
    EXPECT_GT(timings[1].times_dense, 0.0);
}

TEST(TrainingTimings, RefuseAnUnknownPrecisionAndAModelOfACheckpoint) {
    const TemporaryFolder folder;
    JobContext job;
    TrainingTimingRequest request = small_request(folder.path());
    request.precisions = {"float16"};
    EXPECT_THROW(time_training(request, {.device = "cpu"}, job), Failure);
    request = small_request(folder.path());
    request.recipe = "tune-sample";
    EXPECT_THROW(time_training(request, {.device = "cpu"}, job), Failure);
}

}  // namespace
}  // namespace gatescope
