#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/core/error.h"
#include "model/gates/gate_info.h"

namespace gatescope {
namespace {

TEST(GateInfos, EveryGateSaysWhatItIs) {
    std::set<std::string> ids;
    for (const GateInfo& info : gate_infos()) {
        SCOPED_TRACE(info.id);
        EXPECT_TRUE(ids.insert(info.id).second);
        EXPECT_EQ(info.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string::npos);
        EXPECT_FALSE(info.label.empty());
        EXPECT_EQ(info.help.back(), '.');
        EXPECT_EQ(std::count(info.help.begin(), info.help.end(), '.'), 1) << "one sentence";
        EXPECT_FALSE(info.source.empty());
        EXPECT_TRUE(info.granularity == "token" || info.granularity == "block" || info.granularity == "head");
        EXPECT_EQ(&gate_info(info.id), &gate_info(info.id));
        EXPECT_EQ(gate_info(info.id).label, info.label);
    }
}

TEST(GateInfos, OneLineSaysBudgetGranularityCausalityTrainingAndSource) {
    for (const GateInfo& info : gate_infos()) {
        const std::string line = describe(info);
        SCOPED_TRACE(line);
        EXPECT_EQ(line.find('\n'), std::string::npos);
        EXPECT_NE(line.find("budget: " + info.budget + "; granularity: " + info.granularity + "; causal; "),
                  std::string::npos);
        EXPECT_NE(line.find("source: " + info.source), std::string::npos);
        EXPECT_EQ(line.find("never trained") == std::string::npos, info.traits.trainable);
        EXPECT_EQ(info.training.empty(), !info.traits.trainable);
        EXPECT_EQ(info.budget == "all keys", !info.traits.hard && info.traits.reads == GateReads::kKeys);
    }
}

// A value to begin with; a file has none by itself.
std::string first_value(const ParamSpec& spec) {
    return spec.kind == ParamKind::kFile ? "gate.safetensors" : print_value(spec.initial);
}

TEST(GateInfos, EveryParameterSaysWhatItIs) {
    for (const GateInfo& info : gate_infos()) {
        std::set<std::string> keys;
        for (const ParamSpec& spec : info.params) {
            SCOPED_TRACE(info.id + " " + spec.key);
            EXPECT_TRUE(keys.insert(spec.key).second);
            EXPECT_FALSE(spec.label.empty());
            EXPECT_EQ(spec.help.back(), '.');
            if (spec.kind == ParamKind::kInteger || spec.kind == ParamKind::kReal) {
                EXPECT_LT(spec.least, spec.most);
            }
            const ParamValue value = parse_value(spec, first_value(spec), info.id);
            EXPECT_TRUE(spec.kind == ParamKind::kFile || value == spec.initial);
        }
        EXPECT_EQ(keys.contains("seed"), info.traits.seeded) << info.id;
        EXPECT_EQ(keys.contains("file"), info.traits.needs_file) << info.id;
    }
}

// A gate with its defaults and what it demands, for suites over all gates.
std::string smallest_syntax(const GateInfo& info) {
    std::string out = info.id, separator = ":";
    for (const ParamSpec& spec : info.params) {
        if (!spec.required) continue;
        out += separator + spec.key + "=" + first_value(spec);
        separator = ",";
    }
    return out;
}

TEST(GateInfos, ItsDefaultsAreAGateThatPrintsAndParses) {
    for (const GateInfo& info : gate_infos()) {
        const std::string text = smallest_syntax(info);
        EXPECT_EQ(print_gate(parse_gate(text)), text);
    }
}

TEST(GateInfos, EveryParameterSurvivesPrintAndParse) {
    for (const GateInfo& info : gate_infos()) {
        GateSpec gate = parse_gate(smallest_syntax(info));
        for (const ParamSpec& spec : info.params)
            if (spec.kind == ParamKind::kInteger)
                gate.terms[0].values[spec.key] = spec.key == "k" ? 77 : std::int64_t{5};
        const GateSpec again = parse_gate(print_gate(gate));
        EXPECT_EQ(again.terms[0].values, gate.terms[0].values) << info.id;
    }
}

TEST(GateInfos, ABadValueOfAnyParameterGetsAHint) {
    for (const GateInfo& info : gate_infos()) {
        for (const ParamSpec& spec : info.params) {
            if (spec.kind == ParamKind::kText) continue;  // takes any
            try {
                const std::string bad = spec.kind == ParamKind::kFile ? "" : "?";
                (void)parse_gate(info.id + ":" + spec.key + "=" + bad);
                ADD_FAILURE() << info.id << " took " << spec.key << "=" << bad;
            } catch (const Failure& failure) {
                EXPECT_NE(failure.hint().find(spec.key), std::string::npos) << failure.what();
            }
        }
    }
}

TEST(GateInfos, APathOfTheFolderBecomesAWholeOne) {
    const GateSpec gate = with_whole_paths(parse_gate("learned:k=4,file=g.safetensors@1+oracle:k=2@0"));
    const std::string whole = (std::filesystem::current_path() / "g.safetensors").string();
    EXPECT_EQ(files_of(gate), std::vector<std::string>{whole});
    EXPECT_EQ(files_of(with_whole_paths(gate)), files_of(gate));
}

TEST(GateInfos, ABudgetCanBeSetWhereTheTraitsSaySo) {
    for (const GateInfo& info : gate_infos()) {
        const GateSpec gate = with_budget(parse_gate(smallest_syntax(info)), 17);
        EXPECT_EQ(swept_of(gate), info.traits.swept);
        const std::int64_t budget = swept_budget(gate.terms[0], 512);
        if (info.traits.swept == Swept::kNothing)
            EXPECT_EQ(print_gate(gate), smallest_syntax(info));
        else
            EXPECT_TRUE(info.granularity == "block" ? budget <= 17 : budget == 17) << info.id << " " << budget;
        if (info.traits.swept == Swept::kKeys) {
            EXPECT_EQ(budget_of(gate.terms[0], 512), budget);
        }
    }
}

TEST(GateInfos, AGateThatIsSweptNeedNotSayItsBudget) {
    EXPECT_EQ(print_gate(with_budget(parse_swept_gate("kernel-rank+kernel-random:seed=2@1"), 8)),
              "kernel-rank:r=8+kernel-random:r=8,seed=2@1");
    EXPECT_EQ(print_gate(with_budget(parse_swept_gate("oracle:sinks=70"), 80)), "oracle:k=80,sinks=70");
    EXPECT_THROW((void)parse_gate("kernel-rank"), Failure);
    EXPECT_THROW((void)parse_swept_gate("learned"), Failure) << "its file is no budget";
    EXPECT_THROW((void)parse_swept_gate("linear:k=3"), Failure);
}

TEST(GateInfos, KeysAndRanksAreNotSweptAtOnce) {
    EXPECT_EQ(swept_of(parse_gate("linear")), Swept::kNothing);
    EXPECT_EQ(swept_of(parse_gate("linear@0+kernel-rank:r=4@1")), Swept::kRank);
    EXPECT_THROW((void)swept_of(parse_gate("oracle:k=8@0+kernel-rank:r=4@1")), Failure);
}

TEST(GateInfos, CautionsHoldOfModelsThatRotateOrNorm) {
    ModelConfig model;
    const GateSpec gate = parse_gate("kernel-rank:r=4@0+oracle:k=4@1+kernel-rank:r=2@2");
    EXPECT_TRUE(cautions_of(gate, model).empty());
    model.rope_dims = 8;
    EXPECT_EQ(cautions_of(gate, model), std::vector<std::string>{gate_info("kernel-rank").cautions.rope});
    model.qk_norm = QkNorm::kHead;
    EXPECT_EQ(cautions_of(gate, model).size(), 2U);
    EXPECT_TRUE(cautions_of(parse_gate("oracle:k=4+routing-only@1"), model).empty());
}

}  // namespace
}  // namespace gatescope
