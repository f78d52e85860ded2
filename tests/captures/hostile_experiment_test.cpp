// What experiments add to captures, broken: one line each that names the file and the place.
#include <gmock/gmock.h>

#include <fstream>
#include <random>

#include "captures/experiment_file.h"
#include "tests/captures/hostile_capture.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class HostileExperiment : public HostileCapture {
  protected:
    // Refused once `change` was done to a fresh file.
    std::string once(const std::function<void()>& change) const {
        std::filesystem::copy_file(GATESCOPE_SAMPLE_CAPTURES "/experiment.h5", path_,
                                   std::filesystem::copy_options::overwrite_existing);
        change();
        return refusal([this] { read_experiment(path_); });
    }
};

constexpr const char* kArrays[] = {"/experiment/notes",
                                   "/experiment/steps/name",
                                   "/experiment/steps/seed",
                                   "/experiment/steps/recipe",
                                   "/experiment/steps/gates",
                                   "/experiment/outcomes/dense-seed-0/run",
                                   "/experiment/outcomes/dense-seed-0-measured/gates/syntax",
                                   "/experiment/outcomes/dense-seed-0-measured/gates/perplexity",
                                   "/experiment/outcomes/dense-seed-0-measured/gates/tokens",
                                   "/experiment/outcomes/dense-seed-0-measured/gates/window_tokens",
                                   "/experiment/outcomes/hard-seed-0/gradients/learned/norms",
                                   "/experiment/table/mean",
                                   "/experiment/table/values_count",
                                   "/experiment/charts/arms/categories",
                                   "/experiment/charts/figure-3/series/learned gate/x",
                                   "/experiment/charts/figure-3/series/learned gate/high",
                                   "/experiment/charts/figure-3/levels/value"};

TEST_F(HostileExperiment, MayLackWhatItsGroupsPromise) {
    for (const char* name : kArrays)
        EXPECT_THAT(once([&] { remove(name); }), AllOf(HasSubstr("run.h5"), HasSubstr(name), HasSubstr("is missing")));
    const std::pair<const char*, const char*> attributes[] = {
        {"/experiment", "setting"},          {"/experiment", "verdict"},
        {"/experiment", "status"},           {"/experiment/course", "gate_steps"},
        {"/experiment/course", "own_model"}, {"/experiment/outcomes/dense-seed-0", "seconds"},
        {"/experiment/charts/arms", "bars"}, {"/experiment/charts/arms/series/dense", "role"}};
    for (const auto& [group, name] : attributes)
        EXPECT_THAT(once([&, in = group, of = name] { remove_attribute(in, of); }),
                    AllOf(HasSubstr(std::string(group) + "@" + name), HasSubstr("is missing")));
    EXPECT_THAT(once([&] { remove("/experiment/charts/arms/series"); }), HasSubstr("/experiment/charts/arms/series"));
    EXPECT_THAT(once([&] { remove("/runs"); }), HasSubstr("names a run that is not there"));
}

TEST_F(HostileExperiment, MayHaveDatasetsOfAnotherTypeOrShape) {
    const h5::Handle text = h5::string_type();
    for (const char* name : kArrays) {
        EXPECT_THAT(once([&] { replace(name, H5T_IEEE_F32LE, {7, 5}); }), HasSubstr(name));
        EXPECT_THAT(once([&] { replace(name, H5T_IEEE_F32LE, {0}); }), HasSubstr(name));
        EXPECT_THAT(once([&] { replace(name, text.id(), {2, 2}); }), HasSubstr(name));
        EXPECT_THAT(once([&] { replace(name, H5T_STD_REF_OBJ, {2}); }), HasSubstr(name));
    }
    for (const char* name : {"/experiment/table/values", "/experiment/charts/arms/series/dense/y",
                             "/experiment/outcomes/dense-seed-0-measured/gates/window_nll",
                             "/experiment/outcomes/dense-seed-0-measured/by_layer/mass_at_8"})
        EXPECT_THAT(once([&] { replace(name, H5T_IEEE_F64LE, {9, 9, 9}); }), HasSubstr(name));
}

TEST_F(HostileExperiment, MayClaimMoreThanItHolds) {
    const h5::Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[1] = {1024};
    H5Pset_chunk(list.id(), 1, chunk);
    H5Pset_deflate(list.id(), 4);
    EXPECT_THAT(once([&] { replace("/experiment/charts/arms/series/dense/y", H5T_IEEE_F64LE, {1000000}, list.id()); }),
                HasSubstr("/experiment/charts/arms/series/dense/"));
    for (const char* name : {"/experiment/steps/step", "/experiment/table/row", "/experiment/note",
                             "/experiment/outcomes/dense-seed-0-measured/gates/gate",
                             "/experiment/charts/arms/series/dense/y", "/experiment/charts/arms/levels/level"})
        EXPECT_THAT(once([&] { replace(name, H5T_IEEE_F64LE, {hsize_t{1} << 30}, list.id()); }),
                    AllOf(HasSubstr(name), HasSubstr("is no list of at most")));
    const std::vector<std::int64_t> counts = {2, 3, 0};  // of two columns
    EXPECT_THAT(once([&] { overwrite("/experiment/table/values_count", H5T_NATIVE_INT64, counts.data()); }),
                AllOf(HasSubstr("values_count"), HasSubstr("counts more than there are")));
    const std::vector<std::int64_t> below = {-1, 0, 0};
    EXPECT_THAT(once([&] { overwrite("/experiment/table/values_count", H5T_NATIVE_INT64, below.data()); }),
                HasSubstr("counts more than there are"));
}

TEST_F(HostileExperiment, MayHoldWordsThatNobodyKnows) {
    EXPECT_THAT(once([&] { set_text("/experiment", "verdict", "perhaps"); }),
                AllOf(HasSubstr("/experiment@verdict"), HasSubstr("is no verdict: perhaps")));
    for (const char* setting : {"", "[]", "{", "{\"experiment\": 3}", "[[[[[[[["})
        EXPECT_THAT(once([&] { set_text("/experiment", "setting", setting); }),
                    AllOf(HasSubstr("/experiment@setting"), HasSubstr("is no setting of an experiment")));
    EXPECT_THAT(once([&] { set_text("/experiment/course", "recipe", "{}"); }), HasSubstr("/experiment/course@recipe"));
    EXPECT_THAT(once([&] { set_text("/experiment/course", "shape", "{}"); }), HasSubstr("/experiment/course@shape"));
    EXPECT_THAT(once([&] { set_integer("/experiment/course", "k", -1); }),
                AllOf(HasSubstr("/experiment/course@k"), HasSubstr("is below 0")));
}

// Of the five steps of the sample.
TEST_F(HostileExperiment, MayHaveStepsThatAreNone) {
    const auto with = [this](const char* column, const char* value) {
        return once([&] {
            const std::vector<const char*> values(5, value);
            const h5::Handle type = h5::string_type();
            overwrite(column, type.id(), values.data());
        });
    };
    EXPECT_THAT(with("/experiment/steps/kind", "dance"), HasSubstr("is of a kind that is not known: dance"));
    EXPECT_THAT(with("/experiment/steps/recipe", "{"),
                AllOf(HasSubstr("/experiment/steps"), HasSubstr("dense-seed-0")));
    EXPECT_THAT(with("/experiment/steps/request", "[1]"), HasSubstr("/experiment/steps"));
    EXPECT_THAT(with("/experiment/steps/request", R"({"layers": "a-b"})"), HasSubstr("/experiment/steps"));
    EXPECT_THAT(with("/experiment/outcomes/dense-seed-0-measured/gates/syntax", "no gate at all"), "");
}

TEST_F(HostileExperiment, MaySpeakOfOneStepTwice) {
    EXPECT_THAT(once([&] { set_text("/experiment/outcomes/hard-seed-0", "step", "dense-seed-0"); }),
                HasSubstr("is of a step that another is of, too"));
}

TEST_F(HostileExperiment, MayHoldGroupsThatNobodyKnows) {
    EXPECT_EQ(once([&] {
                  edit([](hid_t file) {
                      for (const char* name : {"/experiment/later", "/experiment/outcomes/dense-seed-0/later",
                                               "/experiment/charts/arms/later"})
                          h5::Handle(H5Gcreate2(file, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
                  });
              }),
              "");
    EXPECT_THAT(once([&] { edit([](hid_t file) { H5Lcreate_soft("/", file, "/experiment/charts/loop", 0, 0); }); }),
                HasSubstr("is a link to elsewhere"));
}

TEST_F(HostileExperiment, MayEndAnywhereAndHaveAnyBytesFlipped) {
    std::ifstream file(GATESCOPE_SAMPLE_CAPTURES "/experiment.h5", std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    const auto read = [this] { read_experiment(path_); };
    for (std::size_t end = 0; end < whole.size(); end += 1 + whole.size() / 20) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc).write(whole.data(), static_cast<std::streamsize>(end));
        EXPECT_THAT(refusal(read), HasSubstr("run.h5")) << "cut at " << end;
    }
    std::mt19937 rng(1);
    for (int round = 0; round < 60; ++round) {
        std::string flipped = whole;
        for (int n = 0; n < 8; ++n) flipped[rng() % flipped.size()] = static_cast<char>(rng());
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << flipped;
        EXPECT_THAT(refusal(read), testing::AnyOf(std::string(), HasSubstr("run.h5"))) << round;
    }
}

}  // namespace
}  // namespace gatescope
