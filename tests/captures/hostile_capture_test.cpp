// Captures that are broken or lie: each must end in one line that names the file and the place.
#include "tests/captures/hostile_capture.h"

#include <gmock/gmock.h>

#include <fstream>
#include <random>

namespace gatescope {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(HostileCapture, IsReadWhileNobodyTouchesIt) {
    EXPECT_EQ(refusal(), "");
}

TEST_F(HostileCapture, MayBeMissingEmptyOrSomethingElse) {
    fs::remove(path_);
    EXPECT_THAT(refusal(), HasSubstr("no such file"));
    std::ofstream(path_) << "";
    EXPECT_THAT(refusal(), HasSubstr("is no capture"));
    std::ofstream(path_) << "hello, not a capture at all";
    EXPECT_THAT(refusal(), HasSubstr("is no capture"));
    fs::remove(path_);
    fs::create_directory(path_);
    EXPECT_THAT(refusal(), HasSubstr("is no file"));
}

TEST_F(HostileCapture, MayEndAnywhere) {
    std::ifstream file(path_, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t end = 0; end < whole.size(); end += 1 + whole.size() / 150) {
        std::ofstream(path_, std::ios::binary | std::ios::trunc).write(whole.data(), static_cast<std::streamsize>(end));
        EXPECT_THAT(refusal(), HasSubstr("run.h5")) << "cut at " << end;
    }
}

// Some of these end HDF5 itself; they must not end us.
TEST_F(HostileCapture, MayHaveAnyBytesFlipped) {
    std::ifstream file(path_, std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(file), {}};
    std::mt19937 rng(1);
    for (int round = 0; round < 300; ++round) {
        std::string flipped = whole;
        for (int n = 0; n < 4; ++n) flipped[rng() % flipped.size()] = static_cast<char>(rng());
        std::ofstream(path_, std::ios::binary | std::ios::trunc) << flipped;
        EXPECT_THAT(refusal(), testing::AnyOf(std::string(), HasSubstr("run.h5"))) << round;
    }
}

TEST_F(HostileCapture, MayHaveNothingButASignature) {
    std::ofstream file(path_, std::ios::binary | std::ios::trunc);
    file.write("\x89HDF\r\n\x1a\n", 8);
    for (int n = 0; n < 5000; ++n) file.put(static_cast<char>(n * 7));
    file.close();
    EXPECT_THAT(refusal(), HasSubstr("run.h5"));
}

TEST_F(HostileCapture, MayLackAnyOfItsParts) {
    for (const char* name :
         {"/model", "/text", "/text/ids", "/concentration/k", "/concentration/entropy", "/concentration/mass_at_k",
          "/perplexity/token_nll", "/layer", "/head", "/window", "/token"}) {
        JobContext job;
        write_capture(synthetic_run(), path_, true, job);
        edit([&](hid_t file) { H5Ldelete(file, name, H5P_DEFAULT); });
        EXPECT_THAT(refusal(), AllOf(HasSubstr(name), HasSubstr("is missing"))) << name;
    }
}

TEST_F(HostileCapture, MayLackAnAttribute) {
    for (const char* name : {"format", "version", "created", "device", "complete", "windows", "window_length"}) {
        JobContext job;
        write_capture(synthetic_run(), path_, true, job);
        edit([&](hid_t file) { H5Adelete(file, name); });
        EXPECT_THAT(refusal(), HasSubstr(name)) << name;
    }
}

TEST_F(HostileCapture, MayBeOfALaterFormat) {
    edit([](hid_t file) {
        H5Adelete(file, "version");
        const h5::Handle type = h5::string_type(), space(H5Screate(H5S_SCALAR), H5Sclose);
        const h5::Handle made(H5Acreate2(file, "version", type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        const char* version = "99.0";
        H5Awrite(made.id(), type.id(), &version);
    });
    EXPECT_THAT(refusal(), AllOf(HasSubstr("99.0"), HasSubstr("1.x")));
}

TEST_F(HostileCapture, MayHaveAttributesOfAnotherType) {
    edit([](hid_t file) {
        H5Adelete(file, "format");
        const h5::Handle space(H5Screate(H5S_SCALAR), H5Sclose);
        const h5::Handle made(H5Acreate2(file, "format", H5T_STD_I64LE, space.id(), H5P_DEFAULT, H5P_DEFAULT),
                              H5Aclose);
        const std::int64_t five = 5;
        H5Awrite(made.id(), H5T_NATIVE_INT64, &five);
    });
    EXPECT_THAT(refusal(), AllOf(HasSubstr("format"), HasSubstr("no text")));
}

TEST_F(HostileCapture, MayHaveDatasetsOfAnotherTypeOrShape) {
    replace("/concentration/entropy", H5T_STD_I32LE, {2, 2});
    EXPECT_THAT(refusal(), HasSubstr("/concentration/entropy"));
    replace("/concentration/entropy", H5T_IEEE_F32LE, {2, 3});
    EXPECT_THAT(refusal(), AllOf(HasSubstr("2 x 3"), HasSubstr("2 x 2")));
    const h5::Handle type = h5::string_type();
    replace("/concentration/entropy", type.id(), {2, 2});
    EXPECT_THAT(refusal(), HasSubstr("/concentration/entropy"));
}

TEST_F(HostileCapture, MayClaimMoreThanItHolds) {
    const h5::Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk = 1024;
    H5Pset_chunk(list.id(), 1, &chunk);
    H5Pset_deflate(list.id(), 4);
    replace("/concentration/k", H5T_STD_I32LE, {hsize_t{1} << 30}, list.id());
    EXPECT_THAT(refusal(), AllOf(HasSubstr("/concentration/k"), HasSubstr("more values than the file can hold")));
    replace("/window", H5T_STD_I32LE, {hsize_t{1} << 40}, list.id());
    EXPECT_THAT(refusal(), AllOf(HasSubstr("/window"), HasSubstr("impossible size")));
}

TEST_F(HostileCapture, MayPointElsewhere) {
    edit([](hid_t file) {
        H5Ldelete(file, "/concentration/entropy", H5P_DEFAULT);
        H5Lcreate_external("other.h5", "/x", file, "/concentration/entropy", H5P_DEFAULT, H5P_DEFAULT);
    });
    EXPECT_THAT(refusal(), HasSubstr("link to elsewhere"));
    const h5::Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_external(list.id(), "/etc/hostname", 0, 16);
    replace("/concentration/entropy", H5T_IEEE_F32LE, {2, 2}, list.id());
    EXPECT_THAT(refusal(), HasSubstr("another file"));
}

TEST_F(HostileCapture, MayNameAGateThatIsNone) {
    edit([](hid_t file) { H5Lmove(file, "/gates/oracle:k=4", file, "/gates/orcale:k=4", H5P_DEFAULT, H5P_DEFAULT); });
    EXPECT_THAT(refusal(), AllOf(HasSubstr("orcale"), HasSubstr("oracle")));
}

TEST_F(HostileCapture, MayHaveIdsThatAreNone) {
    replace("/text/ids", H5T_STD_I32LE, {3, 8});
    EXPECT_THAT(refusal(), HasSubstr("/text/ids"));
}

TEST_F(HostileCapture, MayNameLayersThatTheModelLacks) {
    edit([](hid_t file) {
        const h5::Handle dataset(H5Dopen2(file, "/layer", H5P_DEFAULT), H5Dclose);
        const std::int32_t layers[2] = {0, 3};
        H5Dwrite(dataset.id(), H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, layers);
    });
    EXPECT_THAT(refusal(), HasSubstr("/layer"));
}

}  // namespace
}  // namespace gatescope
