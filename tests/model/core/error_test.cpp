#include "model/core/error.h"

#include <gtest/gtest.h>

namespace gatescope {
namespace {

TEST(Failure, SaysWhereWhatAndWhatToDoInOneLine) {
    const Failure failure(FailureKind::kBadFile, "reaches past\nthe end", "blk.0", "the file is cut short");
    EXPECT_STREQ(failure.at("m.gguf").what(), "m.gguf: blk.0: reaches past the end; the file is cut short");
}

TEST(Failure, AHostileNameStaysShortAndPrintable) {
    const std::string line = Failure(FailureKind::kBadFile, std::string(100000, 'x') + "\x1b[31m").what();
    EXPECT_LT(line.size(), 500u);
    EXPECT_EQ(line.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace gatescope
