// What spectra, surveys and components add to captures, broken: one line each that names the file and the place.
#include <gmock/gmock.h>

#include <cmath>
#include <fstream>
#include <random>

#include "captures/components_file.h"
#include "captures/survey.h"
#include "tests/captures/hostile_capture.h"

namespace gatescope {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class HostileSpectra : public HostileCapture {
  protected:
    using Change = std::function<void()>;

    // Refused once `change` was done to a fresh file.
    std::string of_run(const Change& change) const {
        fresh("spectra.h5");
        change();
        return refusal();
    }
    std::string of_survey(const Change& change) const {
        fresh("survey.h5");
        change();
        return refusal([this] { read_survey(path_); });
    }
    std::string of_components(const Change& change) const {
        fresh("components.h5");
        change();
        return refusal([this] { read_components(path_); });
    }

    void fresh(const std::string& sample) const {
        std::filesystem::copy_file(GATESCOPE_SAMPLE_CAPTURES "/" + sample, path_,
                                   std::filesystem::copy_options::overwrite_existing);
    }
};

// Of the sample captures.
constexpr const char* kArrays[] = {"/spectra/weights/raw/singular_values",
                                   "/spectra/weights/raw/rank_90",
                                   "/spectra/weights/folded/directionality",
                                   "/spectra/weights/folded/skew/values",
                                   "/spectra/weights/raw/symmetric/stable_rank",
                                   "/spectra/controls/raw_projections/skew/effective_rank",
                                   "/spectra/activations/routing_fraction",
                                   "/spectra/activations/capacity",
                                   "/spectra/activations/centred/values",
                                   "/spectra/cosines/attended",
                                   "/spectra/cosines/other"};

TEST_F(HostileSpectra, MayLackWhatTheirGroupsPromise) {
    for (const char* name : kArrays)
        EXPECT_THAT(of_run([&] { remove(name); }),
                    AllOf(HasSubstr("run.h5"), HasSubstr(name), HasSubstr("is missing")));
}

TEST_F(HostileSpectra, MayHaveDatasetsOfAnotherTypeOrShape) {
    const h5::Handle text = h5::string_type();
    for (const char* name : kArrays) {
        EXPECT_THAT(of_run([&] { replace(name, H5T_IEEE_F32LE, {7, 5}); }), HasSubstr(name));
        EXPECT_THAT(of_run([&] { replace(name, H5T_IEEE_F32LE, {2, 2, 0}); }), HasSubstr(name));
        EXPECT_THAT(of_run([&] { replace(name, H5T_IEEE_F32LE, {2}); }), HasSubstr(name));
        EXPECT_THAT(of_run([&] { replace(name, text.id(), {2, 2}); }), HasSubstr(name));
    }
    for (const char* name : {"/spectra/controls/kernels/singular_values", "/spectra/controls/kernels/skew/values"}) {
        EXPECT_THAT(of_run([&] { replace(name, H5T_IEEE_F32LE, {2, 4}); }), HasSubstr(name));
        EXPECT_THAT(of_run([&] { replace(name, H5T_IEEE_F32LE, {3}); }), HasSubstr(name));
    }
    EXPECT_THAT(of_run([&] { replace("/spectra/controls/kernels/skew_fraction", H5T_IEEE_F32LE, {4}); }),
                HasSubstr("/spectra/controls/kernels/skew_fraction"));
}

TEST_F(HostileSpectra, MayClaimMoreThanTheyHold) {
    const h5::Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[3] = {1, 1, 1024};
    H5Pset_chunk(list.id(), 3, chunk);
    H5Pset_deflate(list.id(), 4);
    for (const char* name : {"/spectra/weights/raw/singular_values", "/spectra/activations/skew/values"}) {
        EXPECT_THAT(of_run([&] {
                        replace(name, H5T_IEEE_F32LE, {2, 2, hsize_t{1} << 29}, list.id());
                    }),
                    AllOf(HasSubstr(name), HasSubstr("more values than the file can hold")));
        EXPECT_THAT(of_run([&] {
                        replace(name, H5T_IEEE_F32LE, {2, 2, hsize_t{1} << 40}, list.id());
                    }),
                    AllOf(HasSubstr(name), HasSubstr("impossible size")));
    }
}

TEST_F(HostileSpectra, MayCountBelowNothingOrContradictThemselves) {
    for (const char* group : {"/spectra/activations", "/spectra/cosines"})
        EXPECT_THAT(of_run([&] { set_integer(group, "windows", -1); }),
                    AllOf(HasSubstr(std::string(group) + "@windows"), HasSubstr("below 0")));
    EXPECT_THAT(of_run([&] { set_integer("/spectra/controls/kernels", "draws", -2); }), HasSubstr("@draws"));
    for (const float capacity : {std::nanf(""), -1.0F, 9.0F, HUGE_VALF}) {
        const std::vector<float> values = {8, 8, 8, capacity};
        EXPECT_THAT(of_run([&] { overwrite("/spectra/activations/capacity", H5T_NATIVE_FLOAT, values.data()); }),
                    AllOf(HasSubstr("/spectra/activations/capacity"), HasSubstr("is not the number")));
    }
    EXPECT_THAT(of_run([&] { set_text("/spectra", "delta", "three"); }), HasSubstr("/spectra@delta"));
}

// NaN is what a zero kernel has.
TEST_F(HostileSpectra, MayHoldNoNumbersAtAll) {
    const std::vector<float> values(2 * 2 * 8, std::nanf(""));
    EXPECT_EQ(of_run([&] { overwrite("/spectra/weights/raw/skew/values", H5T_NATIVE_FLOAT, values.data()); }), "");
}

TEST_F(HostileSpectra, MayLackPartsAndHoldGroupsThatNobodyKnows) {
    EXPECT_EQ(of_run([&] {
                  remove("/spectra/weights");
                  remove("/spectra/controls/kernels");
                  remove_attribute("/spectra", "delta");
                  edit([](hid_t file) {
                      h5::Handle(H5Gcreate2(file, "/spectra/later", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
                  });
              }),
              "");
}

TEST_F(HostileSpectra, OfASurveyMayLackAnyOfItsParts) {
    for (const char* name : {"/models/small/model", "/models/small/spectra", "/models/large-b/layer",
                             "/models/large-b/head", "/models/small-c/spectra/weights/raw/skew"})
        EXPECT_THAT(of_survey([&] { remove(name); }), AllOf(HasSubstr(name), HasSubstr("is missing")));
    EXPECT_THAT(of_survey([&] { remove_attribute("/models/small/model", "sha256"); }),
                HasSubstr("/models/small/model@sha256"));
    EXPECT_THAT(of_survey([&] { remove_attribute("/", "complete"); }), HasSubstr("@complete"));
    EXPECT_THAT(of_survey([&] {
                    for (const char* name : {"/models/small", "/models/large-b", "/models/small-c"}) remove(name);
                }),
                AllOf(HasSubstr("/models"), HasSubstr("holds no model")));
}

TEST_F(HostileSpectra, OfASurveyMayNameLayersThatTheModelLacks) {
    const std::int32_t layers[3] = {0, 2, 5}, backwards[3] = {0, 3, 2};
    EXPECT_THAT(of_survey([&] { overwrite("/models/large-b/layer", H5T_NATIVE_INT32, layers); }),
                AllOf(HasSubstr("/models/large-b/layer"), HasSubstr("does not have")));
    EXPECT_THAT(of_survey([&] { overwrite("/models/large-b/layer", H5T_NATIVE_INT32, backwards); }),
                AllOf(HasSubstr("/models/large-b/layer"), HasSubstr("ascending")));
}

// A thousand links to one model, or one model within itself, would cost as much as a thousand models.
TEST_F(HostileSpectra, OfASurveyMayShowOneModelManyTimes) {
    EXPECT_THAT(of_survey([&] {
                    edit([](hid_t file) {
                        for (int n = 0; n < 1000; ++n)
                            H5Lcreate_hard(file, "/models/small", file, ("/models/again" + std::to_string(n)).c_str(),
                                           H5P_DEFAULT, H5P_DEFAULT);
                    });
                }),
                HasSubstr("shares its bytes"));
    EXPECT_THAT(
        of_survey([&] {
            edit([](hid_t file) { H5Lcreate_hard(file, "/models", file, "/models/self", H5P_DEFAULT, H5P_DEFAULT); });
        }),
        HasSubstr("/models/self"));
}

TEST_F(HostileSpectra, OfASurveyMayEndAnywhereAndHaveAnyBytesFlipped) {
    fresh("survey.h5");
    std::ifstream file(path_, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    const auto read = [this] { read_survey(path_); };
    for (std::size_t end = 0; end < whole.size(); end += 1 + whole.size() / 40) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc).write(whole.data(), static_cast<std::streamsize>(end));
        EXPECT_THAT(refusal(read), HasSubstr("run.h5")) << "cut at " << end;
    }
    std::mt19937 rng(1);
    for (int round = 0; round < 60; ++round) {
        std::string flipped = whole;
        for (int n = 0; n < 4; ++n) flipped[rng() % flipped.size()] = static_cast<char>(rng());
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << flipped;
        EXPECT_THAT(refusal(read), testing::AnyOf(std::string(), HasSubstr("run.h5"))) << round;
    }
}

constexpr const char* kHead = "/components/layer_1_head_3";

TEST_F(HostileSpectra, OfComponentsMayLackWhatIsPromised) {
    for (const char* name : {"planes/value", "planes/share", "planes/directions", "planes/pieces", "planes/loadings",
                             "planes/coordinates", "axes/coordinates", "axes/directions"}) {
        const std::string path = std::string(kHead) + "/" + name;
        EXPECT_THAT(of_components([&] { remove(path.c_str()); }), AllOf(HasSubstr(path), HasSubstr("is missing")));
    }
    for (const char* name : {"layer", "head", "delta", "window", "count", "tokens", "skew_fraction"})
        EXPECT_THAT(of_components([&] { remove_attribute(kHead, name); }), HasSubstr("@" + std::string(name)));
    EXPECT_THAT(of_components([&] { remove(kHead); }), HasSubstr("holds no head"));
}

TEST_F(HostileSpectra, OfComponentsMayHaveOtherShapesAndCounts) {
    const h5::Handle text = h5::string_type();
    const auto replaced = [&](const std::string& name, hid_t type, const std::vector<hsize_t>& shape) {
        const std::string path = kHead + ("/" + name);
        EXPECT_THAT(of_components([&] { replace(path.c_str(), type, shape); }), HasSubstr(path)) << shape.size();
    };
    replaced("planes/value", H5T_IEEE_F32LE, {2000});
    replaced("planes/value", H5T_IEEE_F32LE, {2, 2});
    replaced("planes/share", H5T_IEEE_F32LE, {3});
    replaced("planes/directions", H5T_IEEE_F32LE, {2, 3, 3});
    replaced("planes/directions", H5T_IEEE_F32LE, {2, 2});
    replaced("planes/ids", H5T_STD_I32LE, {2, 3, 3});
    replaced("planes/ids", H5T_STD_I32LE, {2, 4, 5000});
    replaced("planes/loadings", H5T_IEEE_F32LE, {2, 4, 1});
    replaced("planes/pieces", text.id(), {2, 4});
    replaced("planes/coordinates", H5T_IEEE_F32LE, {2, 8, 1});
    replaced("pieces", text.id(), {5});
    EXPECT_THAT(of_components([&] { set_integer(kHead, "layer", -1); }), HasSubstr("@layer"));
    EXPECT_THAT(of_components([&] { set_integer(kHead, "head", 4); }), HasSubstr("does not have"));
}

}  // namespace
}  // namespace gatescope
