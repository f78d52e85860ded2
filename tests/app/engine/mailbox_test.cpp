#include "app/engine/mailbox.h"

#include <gtest/gtest.h>

#include <thread>

namespace gatescope {
namespace {

using std::chrono::seconds;

TEST(Mailbox, HoldsWhatWasPutLast) {
    Mailbox<int> box(std::make_shared<const int>(1));
    EXPECT_EQ(*box.latest(), 1);
    box.put(std::make_shared<const int>(2));
    box.put(std::make_shared<const int>(3));
    EXPECT_EQ(*box.latest(), 3);
}

TEST(Mailbox, AReaderKeepsItsValueWhileNewOnesArrive) {
    Mailbox<int> box(std::make_shared<const int>(1));
    const auto held = box.latest();
    box.put(std::make_shared<const int>(2));
    EXPECT_EQ(*held, 1);
}

TEST(Mailbox, AReaderSeesValuesInOrderAndTheLastOne) {
    constexpr int kLast = 2000;
    Mailbox<int> box(std::make_shared<const int>(0));
    std::thread writer([&] {
        for (int value = 1; value <= kLast; ++value) box.put(std::make_shared<const int>(value));
    });
    int seen = 0;
    while (seen < kLast) {
        const int now = *box.latest();
        ASSERT_GE(now, seen);
        seen = now;
    }
    writer.join();
}

TEST(Mailbox, WaitsForAConditionThatAnotherThreadFulfils) {
    Mailbox<int> box(std::make_shared<const int>(0));
    std::thread writer([&] {
        for (int value = 1; value <= 100; ++value) box.put(std::make_shared<const int>(value));
    });
    const auto found = box.wait([](int value) { return value == 100; }, seconds(60));
    writer.join();
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found, 100);
}

TEST(Mailbox, GivesUpWaitingForWhatNeverComes) {
    const Mailbox<int> box(std::make_shared<const int>(0));
    EXPECT_EQ(box.wait([](int value) { return value == 1; }, std::chrono::milliseconds(1)), nullptr);
}

}  // namespace
}  // namespace gatescope
