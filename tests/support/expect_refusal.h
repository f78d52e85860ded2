#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "model/core/error.h"

namespace gatescope {

// `act` fails in this way, in a line that holds `what`.
template <typename Act>
void expect_refusal(FailureKind kind, const std::string& what, const Act& act) {
    try {
        act();
        FAIL() << "was taken";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind(), kind);
        EXPECT_THAT(failure.what(), testing::HasSubstr(what));
    }
}

}  // namespace gatescope
