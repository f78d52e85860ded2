#include "model/core/param_spec.h"

#include <gtest/gtest.h>

#include "model/core/error.h"

namespace gatescope {
namespace {

ParamSpec whole() {
    return {"k", "Keys k", "Keys kept.", ParamKind::kInteger, std::int64_t{64}, 1, 1000};
}

TEST(ParamSpec, EveryKindComesBackAsItWasPrinted) {
    const ParamSpec real_spec{"rate", "Rate", "", ParamKind::kReal, 0.1, 0, 1};
    EXPECT_EQ(std::get<std::int64_t>(parse_value(whole(), print_value(std::int64_t{17}), "g")), 17);
    EXPECT_EQ(std::get<double>(parse_value(real_spec, print_value(0.1), "g")), 0.1);
    const ParamSpec flag_spec{"rope", "RoPE", "", ParamKind::kFlag, false};
    EXPECT_TRUE(std::get<bool>(parse_value(flag_spec, print_value(true), "g")));
}

TEST(ParamSpec, ABadValueSaysWhatIsAllowed) {
    for (const char* given : {"0", "1001", "x", "", "1.5", "64 ", "99999999999999999999"}) {
        try {
            parse_value(whole(), given, "oracle");
            FAIL() << given << " was accepted";
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.kind(), FailureKind::kUsage);
            EXPECT_NE(std::string(failure.what()).find("a whole number from 1 to 1000"), std::string::npos);
        }
    }
}

TEST(ParamSpec, NotANumberIsRefusedForAReal) {
    const ParamSpec spec{"rate", "Rate", "", ParamKind::kReal, 0.1, 0, 1};
    EXPECT_THROW(parse_value(spec, "nan", "g"), Failure);
    EXPECT_THROW(parse_value(spec, "inf", "g"), Failure);
}

TEST(ParamSpec, DefaultsAreComplete) {
    EXPECT_EQ(integer(initial_values({whole()}), "k"), 64);
}

}  // namespace
}  // namespace gatescope
