#include "app/engine/guard.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

namespace gatescope {
namespace {

Error error_of(const std::function<void()>& thrower) {
    const auto outcome = guarded("Measuring", [&] {
        thrower();
        return true;
    });
    return outcome ? Error{} : outcome.error();
}

TEST(Guard, PassesOnWhatWasReturned) {
    EXPECT_TRUE(*guarded("Measuring", [] { return true; }));
    EXPECT_FALSE(*guarded("Measuring", [] { return false; }));
}

TEST(Guard, KeepsAFailuresLineAndKind) {
    const Error error = error_of([] { throw Failure(FailureKind::kBadFile, "is empty", "model.gguf"); });
    EXPECT_EQ(error.kind, FailureKind::kBadFile);
    EXPECT_EQ(error.message, "model.gguf: is empty");
    EXPECT_FALSE(error.cancelled);
}

TEST(Guard, TellsACancelledJobFromAFailedOne) {
    EXPECT_TRUE(error_of([] { throw Cancelled(); }).cancelled);
}

TEST(Guard, CutsATorchErrorToItsFirstLineAndNamesTheJob) {
    const Error error = error_of([] {
        throw std::runtime_error(
            "c10::Error: mat1 and mat2 shapes cannot be multiplied\nException raised from addmm "
            "(most recent call first):\nframe #0: c10::Error::Error");
    });
    EXPECT_EQ(error.message, "Measuring: Error: mat1 and mat2 shapes cannot be multiplied");
    EXPECT_EQ(error.kind, FailureKind::kInternal);
}

TEST(Guard, SaysThatMemoryIsShortWhoeverFoundOut) {
    const Error ours = error_of([] { throw std::bad_alloc(); });
    const Error torch = error_of([] {
        throw std::runtime_error(
            "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate "
            "memory: you tried to allocate 4398046511104 bytes. Error code 12");
    });
    EXPECT_EQ(ours.kind, FailureKind::kResource);
    EXPECT_EQ(ours.message, torch.message);
    EXPECT_EQ(ours.message, "Measuring: not enough memory; use shorter or fewer windows");
}

TEST(Guard, SurvivesWhatIsNoException) {
    EXPECT_EQ(error_of([] { throw 7; }).message, "Measuring failed for an unknown reason");
}

}  // namespace
}  // namespace gatescope
