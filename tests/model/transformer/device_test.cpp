#include "model/transformer/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "model/core/error.h"

namespace gatescope {
namespace {

TEST(Device, KnowsTheProcessor) {
    EXPECT_TRUE(parse_device("cpu").is_cpu());
}

TEST(Device, BestIsCudaExactlyWhereADeviceWorks) {
    EXPECT_EQ(parse_device("best").is_cuda(), cuda_device_count() > 0);
}

TEST(Device, RefusesWhatIsNotThereAndSaysWhatIs) {
    for (const char* name : {"cuda:99", "cuda:-1", "cuda:", "cuda:0x", "cuda:99999999999", "mps", "", "CPU"}) {
        try {
            parse_device(name);
            ADD_FAILURE() << name << " was taken";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kUsage);
            EXPECT_THAT(failure.what(), testing::HasSubstr("this machine has: cpu"));
        }
    }
}

TEST(Device, RefusesAModelThatMemoryCannotHold) {
    EXPECT_NO_THROW(check_memory(at::kCPU, 1, "the model"));
    try {
        check_memory(at::kCPU, std::numeric_limits<std::uint64_t>::max(), "the model");
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), FailureKind::kResource);
        EXPECT_THAT(failure.what(), testing::HasSubstr("MiB of memory are available"));
    }
}

}  // namespace
}  // namespace gatescope
