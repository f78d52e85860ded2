#include "app/engine/experiments/experiment_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "app/engine/text_table.h"

namespace gatescope {
namespace {

ExperimentRow row_of(const std::string& what, double mean, double deviation, double low, double high) {
    ExperimentRow row;
    row.what = what;
    row.unit = "perplexity";
    row.ours = {mean, deviation, low, high, 3, "seeds", {mean - 1, mean, mean + 1}};
    row.setting = "tiny, 1600 steps";
    row.paper = "48.73 ± 0.60";
    row.paper_setting = "31M, WikiText-103, 50,000 steps";
    row.comparable = "the order of the arms";
    return row;
}

ExperimentResult result_of(std::vector<ExperimentRow> rows) {
    auto plan = std::make_shared<ExperimentPlan>();
    plan->course.seeds = {0, 1, 2};
    plan->steps.resize(2);
    plan->steps[0].name = plan->steps[0].title = "first";
    plan->steps[1].name = plan->steps[1].title = "second";
    ExperimentResult result;
    result.plan = plan;
    result.outcomes["first"].done = true;
    result.outcomes["first"].seconds = 61;
    result.summary.rows = std::move(rows);
    return result;
}

ExperimentInfo info_of() {
    ExperimentInfo info;
    info.label = "Soft gating";
    info.source = "a paper";
    info.question = "Does it?";
    return info;
}

TEST(ExperimentTable, NumbersHaveAsManyDecimalsAsTheirDeviationBearsOut) {
    EXPECT_EQ(cells_of(row_of("", 48.7312, 0.6049, 47.229, 50.233)).ours, "48.73 ± 0.60");
    EXPECT_EQ(cells_of(row_of("", 48.7312, 0.6049, 47.229, 50.233)).interval, "[47.23, 50.23]");
    EXPECT_EQ(cells_of(row_of("", 601.6, 12.3, 580, 620)).ours, "602 ± 12");
    EXPECT_EQ(cells_of(row_of("", 601.6, 12.3, 580, 620)).count, "3 seeds");
}

TEST(ExperimentTable, OneSeedHasNoDeviationAndItsIntervalIsThatOfTheWindows) {
    ExperimentRow row = row_of("", 20.123, std::nan(""), 18.1, 22.2);
    row.ours.over = "windows";
    row.ours.count = 16;
    EXPECT_EQ(cells_of(row).ours, "20.1");
    EXPECT_EQ(cells_of(row).interval, "[18.1, 22.2]");
    EXPECT_EQ(cells_of(row).count, "16 windows");
}

TEST(ExperimentTable, AnExactZeroIsSaidToBeOneAndASmallNumberIsNot) {
    EXPECT_EQ(cells_of(row_of("", 0, 0, 0, 0)).ours, "0 exactly");
    EXPECT_EQ(cells_of(row_of("", 2.5e-7, 0, 0, 0)).ours, "2.5e-07 ± 0.0000");
    EXPECT_EQ(cells_of(ExperimentRow()).ours, "–");
}

TEST(ExperimentTable, PercentsStandBehindTheirNumber) {
    ExperimentRow row = row_of("", 90.61, 0.5, 89.4, 91.9);
    row.unit = "%";
    EXPECT_EQ(cells_of(row).ours, "90.61 ± 0.50 %");
}

TEST(ExperimentTable, WhatIsTheSameForAllRowsIsSaidOnceAndWhatIsNotIsNumbered) {
    ExperimentRow other = row_of("random", 50, 1, 48, 52);
    other.comparable = "nothing: another text";
    const std::string text = experiment_text(info_of(), result_of({row_of("learned", 48, 1, 46, 50), other}));
    EXPECT_EQ(text.find("31M", text.find("31M") + 1), std::string::npos);
    EXPECT_NE(text.find("\nTo compare    1  the order of the arms\n"), std::string::npos) << text;
    EXPECT_NE(text.find("              2  nothing: another text\n"), std::string::npos) << text;
    EXPECT_NE(text.find("1 of 2 steps"), std::string::npos) << text;
}

TEST(ExperimentTable, NoLineIsLongerThanTheTerminal) {
    ExperimentRow row = row_of(std::string(20, 'w') + " and then perplexity of this and of that and more", 1, 1, 0, 2);
    row.paper = "48.73 ± 0.60 (3 seeds), dense beside it 37.32 (one seed), all after 50,000 steps";
    row.comparable = std::string("words that go on ") + std::string(300, 'x') + " and on";
    for (int n = 0; n < 40; ++n) row.setting += " word";
    row.what = "perplexity of the learned gate that was distilled onto the co-adapted model, deployed hard";
    std::istringstream lines(experiment_text(info_of(), result_of({row, row_of("b", 2, 1, 0, 3)})));
    for (std::string line; std::getline(lines, line);)
        EXPECT_TRUE(text_width(line) <= 110 || line.find("xxx") != std::string::npos) << line;
}

TEST(ExperimentTable, MarkdownHasTheValuesByWhichSeedAndEscapesWhatWouldEndACell) {
    const std::string text = experiment_markdown(info_of(), result_of({row_of("a | b", 48, 1, 46, 50)}));
    EXPECT_NE(text.find("| a \\| b |"), std::string::npos) << text;
    EXPECT_NE(text.find("| seed 0 | seed 1 | seed 2 |"), std::string::npos) << text;
    EXPECT_NE(text.find("| 47 | 48 | 49 |"), std::string::npos) << text;
    EXPECT_NE(text.find("| first | done | 1 min 01 s |"), std::string::npos) << text;
    EXPECT_NE(text.find("| second | waiting |"), std::string::npos) << text;
}

}  // namespace
}  // namespace gatescope
