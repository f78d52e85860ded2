#include <gtest/gtest.h>

#include "analysis/experiments/experiment_plan.h"
#include "tests/support/expect_refusal.h"

namespace gatescope {
namespace {

ExperimentSetting full() {
    return {.experiment = "soft-gating",
            .scale = "quick",
            .model = "/models/a \"b\"\\c",
            .seeds = {3, 1},
            .values = {{"k", std::int64_t{8}}, {"levels", std::string("0,1")}},
            .changes = {"train.batch=2", "data.separator=\\n"}};
}

TEST(ExperimentSetting, ReadsBackWhatItPrints) {
    EXPECT_EQ(parse_setting(print_setting(full()), "x"), full());
    ExperimentSetting bare;
    bare.experiment = "sparsity";
    EXPECT_EQ(parse_setting(print_setting(bare), "x"), bare);
}

TEST(ExperimentSetting, WhatIsMissingIsAtItsDefault) {
    const ExperimentSetting out =
        parse_setting(R"({"format": "gatescope-experiment", "version": 1, "experiment": "sparsity"})", "x");
    EXPECT_EQ(out.scale, "tiny");
    EXPECT_TRUE(out.seeds.empty());
}

// `part` stands behind a whole setting's beginning.
void expect_refused(FailureKind kind, const std::string& part, const std::string& what) {
    const std::string text =
        R"({"format": "gatescope-experiment", "version": 1, "experiment": "sparsity")" + part + "}";
    SCOPED_TRACE(text);
    expect_refusal(kind, what, [&text] { (void)parse_setting(text, "experiment.json"); });
}

TEST(ExperimentSetting, RefusesWhatItIsNotMadeOf) {
    expect_refused(FailureKind::kUsage, R"(, "seed": [1])", "did you mean seeds");
    expect_refused(FailureKind::kUsage, R"(, "values": {"kk": 1})", "kk");
    expect_refused(FailureKind::kUsage, R"(, "values": {"k": "8"})", "values.k");
    expect_refused(FailureKind::kUsage, R"(, "values": {"k": 1.5})", "values.k");
    expect_refused(FailureKind::kUsage, R"(, "values": {"k": -1})", "values.k");
    expect_refused(FailureKind::kUsage, R"(, "values": {"levels": 3})", "values.levels");
    expect_refused(FailureKind::kUsage, R"(, "values": [])", "values");
    expect_refused(FailureKind::kUsage, R"(, "seeds": 1)", "seeds");
    expect_refused(FailureKind::kUsage, R"(, "seeds": [18446744073709551615])", "seeds");
    expect_refused(FailureKind::kUsage, R"(, "model": null)", "model");
    expect_refused(FailureKind::kUsage, R"(, "model": "a\u0000b")", "model");
    expect_refused(FailureKind::kUsage, R"(, "changes": [1])", "changes");
    expect_refused(FailureKind::kBadFile, R"(, "experiment": "again")", "twice");
    expect_refused(FailureKind::kBadFile, R"(, "x")", "experiment.json");
}

TEST(ExperimentSetting, RefusesOtherFilesAndVersions) {
    const auto refused = [](FailureKind kind, const std::string& text, const std::string& what) {
        SCOPED_TRACE(text);
        expect_refusal(kind, what, [&text] { (void)parse_setting(text, "experiment.json"); });
    };
    for (const char* text : {"", "[]", "{}", "7", R"({"format": "gatescope-recipe"})"})
        refused(FailureKind::kBadFile, text, "experiment.json");
    refused(FailureKind::kUnsupported, R"({"format": "gatescope-experiment", "version": 2})", "version");
    refused(FailureKind::kUsage, R"({"format": "gatescope-experiment", "version": 1})", "experiment");
}

TEST(ExperimentSetting, RefusesMoreThanAnySettingHas) {
    std::string seeds = "0";
    for (int n = 0; n < 2000; ++n) seeds += ",0";
    expect_refused(FailureKind::kUsage, R"(, "seeds": [)" + seeds + "]", "2001 entries");
    expect_refused(FailureKind::kUsage, R"(, "model": ")" + std::string(20000, 'a') + "\"", "20000 bytes");
}

}  // namespace
}  // namespace gatescope
