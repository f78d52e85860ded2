#include "analysis/experiments/experiment_diagram.h"

#include <gtest/gtest.h>

#include "tests/analysis/experiments/made_up_experiment.h"

namespace gatescope {
namespace {

std::vector<DiagramRow> diagram(const std::string& scale) {
    return diagram_of(planned(made_up_experiment(), setting_at(scale), "/e", nullptr));
}
// "trains", "frozen": one word a part.
std::string states(const DiagramRow& row) {
    std::string out;
    for (const DiagramPart& part : row.parts) {
        const char* words[] = {"absent", "frozen", "trains", "partly"};
        out += (out.empty() ? "" : " ") + std::string(words[static_cast<int>(part.state)]);
    }
    return out;
}

TEST(ExperimentDiagram, HasARowForEachStageOfEachArm) {
    const std::vector<DiagramRow> rows = diagram("quick");
    ASSERT_EQ(rows.size(), 7u);
    for (const DiagramRow& row : rows) {
        EXPECT_EQ(row.seeds, 2) << row.arm << " " << row.stage;
        ASSERT_EQ(row.parts.size(), 4u);
        for (std::size_t n = 0; n < 4; ++n) EXPECT_EQ(row.parts[n].label, rows[0].parts[n].label);
    }
    EXPECT_EQ(rows[0].arm, "base");
    EXPECT_EQ(rows[0].stage, "train 120 steps");
    EXPECT_EQ(rows[1].stage, "distil 30 steps");
    EXPECT_EQ(rows[2].stage, "go on for 30 steps");
    EXPECT_EQ(rows[5].stage, "measure");
}

TEST(ExperimentDiagram, SaysWhatTrainsAndWhatIsFrozen) {
    const std::vector<DiagramRow> rows = diagram("quick");
    EXPECT_EQ(states(rows[0]), "trains trains trains absent");
    EXPECT_EQ(states(rows[1]), "frozen frozen frozen trains");
    EXPECT_EQ(rows[1].parts[3].text, "learned by KL");
    EXPECT_EQ(states(rows[2]), "frozen partly frozen frozen");
    EXPECT_EQ(rows[2].parts[1].text, "layers 1");
    EXPECT_EQ(rows[2].parts[3].text, "learned");
    EXPECT_EQ(states(rows[3]), "frozen trains frozen trains");
    EXPECT_EQ(rows[3].parts[3].text, "soft-learned in layers 0");
    EXPECT_EQ(states(rows[4]), "trains trains trains frozen");
    EXPECT_EQ(rows[4].parts[3].text, "soft-learned at its first values");
    EXPECT_EQ(states(rows[5]), "frozen frozen frozen frozen");
    EXPECT_EQ(rows[5].parts[3].text, "learned, oracle");
}

}  // namespace
}  // namespace gatescope
