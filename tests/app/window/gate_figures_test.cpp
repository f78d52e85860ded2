// What the window works out about gates: who keeps a pair, whose loss changes and where, what was tried.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "analysis/perplexity.h"
#include "app/window/attention_image.h"
#include "app/window/derived.h"
#include "app/window/gate_words.h"
#include "app/window/kept_marks.h"
#include "app/window/loss_changes.h"
#include "app/window/theme.h"
#include "app/window/tried_gates.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

// Three tokens; the last query pays 0.1, 0.6, 0.3.
std::shared_ptr<PatternMatrix> three_tokens() {
    auto out = std::make_shared<PatternMatrix>();
    out->tokens = 3;
    out->probabilities = {1, 0, 0, 0.25F, 0.75F, 0, 0.1F, 0.6F, 0.3F};
    return out;
}

KeptMarks marks_of(const std::shared_ptr<const PatternMatrix>& pattern) {
    KeptMarks marks;
    marks.follow(pattern);
    std::int64_t cells = 1'000'000;
    EXPECT_TRUE(marks.work(cells));
    return marks;
}

TEST(KeptMarks, TellBothOneAndNeitherApart) {
    const auto pattern = three_tokens();
    pattern->kept_a = {1, 0, 0, 1, 1, 0, 0, 0, 1};
    pattern->kept_b = {1, 0, 0, 0, 1, 0, 1, 0, 0};
    const KeptMarks marks = marks_of(pattern);
    EXPECT_EQ(marks.at(0, 0), Mark::kBoth);
    EXPECT_EQ(marks.at(1, 0), Mark::kOnlyA);
    EXPECT_EQ(marks.at(2, 0), Mark::kOnlyB);
    EXPECT_EQ(marks.at(2, 1), Mark::kMissed) << "the strongest key, and each gate keeps one";
    EXPECT_EQ(marks.at(2, 2), Mark::kOnlyA);
    EXPECT_EQ(marks.share(Mark::kMissed).pairs, 1);
    EXPECT_NEAR(marks.share(Mark::kMissed).mass, 0.6 / 3, 1e-6);
    EXPECT_NEAR(marks.share(Mark::kBoth).mass, 1.75 / 3, 1e-6);
}

TEST(KeptMarks, OfOneGateMissWhatItsOracleWouldKeep) {
    const auto pattern = three_tokens();
    pattern->kept_a = {1, 0, 0, 1, 0, 0, 1, 0, 1};
    const KeptMarks marks = marks_of(pattern);
    EXPECT_EQ(marks.at(1, 1), Mark::kMissed);
    EXPECT_EQ(marks.at(2, 1), Mark::kMissed) << "among the two strongest, of which the gate keeps one";
    EXPECT_EQ(marks.at(2, 0), Mark::kOnlyA);
}

TEST(KeptMarks, OfEqualProbabilitiesMissTheEarlierAndNeverWhatIsOutOfReach) {
    const auto pattern = std::make_shared<PatternMatrix>();
    pattern->tokens = 4;
    pattern->probabilities.assign(16, 0.0F);
    for (const std::size_t cell : {12U, 13U}) pattern->probabilities[cell] = 0.5F;
    pattern->kept_a.assign(16, 0);
    pattern->kept_a[15] = 1;
    EXPECT_EQ(marks_of(pattern).at(3, 0), Mark::kMissed);
    EXPECT_EQ(marks_of(pattern).at(3, 1), Mark::kNone);
    pattern->kept_a[14] = 1;
    pattern->kept_a[13] = 1;
    EXPECT_EQ(marks_of(pattern).at(3, 2), Mark::kOnlyA);
    EXPECT_EQ(marks_of(pattern).at(3, 0), Mark::kMissed);
}

TEST(KeptMarks, SharesOfAWholeMapAddUpToItsAttention) {
    const auto pattern = fake::pattern({2, 2, 96, 1}, 1, 1, 0);
    const KeptMarks marks = marks_of(pattern);
    double mass = 0;
    std::int64_t pairs = 0;
    for (std::size_t mark = 0; mark < kMarks; ++mark) {
        mass += marks.share(static_cast<Mark>(mark)).mass;
        pairs += marks.share(static_cast<Mark>(mark)).pairs;
    }
    EXPECT_NEAR(mass, 1, 1e-4);
    EXPECT_EQ(pairs, 96 * 97 / 2);
}

TEST(KeptMarks, WorkInSlicesAndStartAnewWithAnotherMap) {
    KeptMarks marks;
    marks.follow(fake::pattern({2, 2, 96, 1}, 1, 1, 0));
    std::int64_t cells = 1000;
    EXPECT_FALSE(marks.work(cells));
    EXPECT_LE(cells, 0);
    marks.follow(three_tokens());
    EXPECT_FALSE(marks.gated());
    EXPECT_TRUE(marks.whole()) << "without a gate there is nothing to mark";
}

class PixelTextures : public Textures {
  public:
    ImTextureID create(int, int) override { return ++next_; }
    void upload(ImTextureID, int, int rows, int width, const ImU32* from) override {
        pixels.insert(pixels.end(), from, from + static_cast<std::ptrdiff_t>(rows) * width);
    }
    void destroy(ImTextureID) override { pixels.clear(); }
    std::vector<ImU32> pixels;

  private:
    ImTextureID next_ = 0;
};

TEST(AttentionImage, GivesAPooledCellTheMarkOfItsStrongestPair) {
    const auto pattern = std::make_shared<PatternMatrix>();
    pattern->tokens = 64;
    pattern->probabilities.assign(64 * 64, 0.001F);
    pattern->kept_a.assign(64 * 64, 1);
    pattern->kept_b.assign(64 * 64, 0);
    const std::size_t strongest = 40 * 64 + 7;
    pattern->probabilities[strongest] = 0.9F;
    pattern->kept_b[strongest] = 1;
    ImageStyle style;
    style.marks = {0, IM_COL32(255, 255, 255, 255), IM_COL32(0, 0, 255, 255), 0, 0};
    PixelTextures textures;
    AttentionImage image(textures);
    image.show(pattern, style, {0, 64, 0, 64}, 32, 32);
    while (image.work(100)) {
    }
    ASSERT_TRUE(image.picture());
    ASSERT_EQ(image.picture()->pool, 2);
    const ColourMap& map = colour_map("viridis");
    const auto expected = [&](float probability, Mark mark) {
        return marked_colour(style, ProbabilityColours(map, style.scale)(probability), mark);
    };
    EXPECT_EQ(textures.pixels[20 * 32 + 3], expected(0.9F, Mark::kBoth));
    EXPECT_EQ(textures.pixels[20 * 32 + 4], expected(0.001F, Mark::kOnlyA));
}

// What a colour is to the eye (CIE L*a*b*), also to eyes without one kind of cone (Machado et al. 2009).
using Colour = std::array<double, 3>;
using Cones = std::array<Colour, 3>;
constexpr std::array<Cones, 4> kEyes = {
    Cones{Colour{1, 0, 0}, Colour{0, 1, 0}, Colour{0, 0, 1}},
    Cones{Colour{0.152286, 1.052583, -0.204868}, Colour{0.114503, 0.786281, 0.099216},
          Colour{-0.003882, -0.048116, 1.051998}},
    Cones{Colour{0.367322, 0.860646, -0.227968}, Colour{0.280085, 0.672501, 0.047413},
          Colour{-0.011820, 0.042940, 0.968881}},
    Cones{Colour{1.255528, -0.076749, -0.178779}, Colour{-0.078411, 0.930809, 0.147602},
          Colour{0.004733, 0.691367, 0.303900}}};

Colour product(const Cones& matrix, const Colour& by) {
    Colour out{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column) out[row] += matrix[row][column] * by[column];
    return out;
}

Colour seen(ImU32 colour, const Cones& eye) {
    Colour rgb{};
    for (unsigned channel = 0; channel < 3; ++channel) {
        const double value = static_cast<double>((colour >> (8 * channel)) & 255U) / 255;
        rgb[channel] = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    }
    rgb = product(eye, rgb);
    for (double& value : rgb) value = std::clamp(value, 0.0, 1.0);
    Colour xyz = product({Colour{0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505}, Colour{0.2126, 0.7152, 0.0722},
                          Colour{0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089}},
                         rgb);
    for (double& value : xyz) value = value > 0.008856 ? std::cbrt(value) : 7.787 * value + 16.0 / 116;
    return {116 * xyz[1] - 16, 500 * (xyz[0] - xyz[1]), 200 * (xyz[1] - xyz[2])};
}

double apart(ImU32 first, ImU32 second, const Cones& eye) {
    const Colour a = seen(first, eye), b = seen(second, eye);
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

TEST(Marks, AreToldApartOnEveryMapInBothThemesAndByColourBlindEyes) {
    for (const ThemeKind kind : {ThemeKind::kDark, ThemeKind::kLight})
        for (const ColourMap& map : colour_maps()) {
            if (map.diverging) continue;
            const Palette colours = palette(kind);
            ImageStyle style;
            style.ground = pack(colours.ground);
            style.marks = {0, pack(colours.both), pack(colours.gate_a), pack(colours.gate_b), pack(colours.missed)};
            for (const float position : {0.1F, 0.5F, 0.9F})
                for (const Cones& eye : kEyes)
                    for (std::size_t one = 0; one < kMarks; ++one)
                        for (std::size_t other = one + 1; other < kMarks; ++other)
                            EXPECT_GT(
                                apart(marked_colour(style, colour_at(map, position), static_cast<Mark>(one)),
                                      marked_colour(style, colour_at(map, position), static_cast<Mark>(other)), eye),
                                10)
                                << map.id << " at " << position << ", marks " << one << " and " << other << ", theme "
                                << static_cast<int>(kind) << ", eye " << (&eye - kEyes.data());
        }
}

PerplexityResult rows(std::vector<std::vector<float>> token_nll) {
    PerplexityResult out;
    out.token_nll = std::move(token_nll);
    return out;
}

TEST(LossChanges, AreTheLargestInBothDirections) {
    const PerplexityResult dense = rows({{kNaN, 1, 2, 3}, {kNaN, 1, 1, 1}});
    const PerplexityResult gated = rows({{kNaN, 1.5F, 1, 3}, {kNaN, 4, 1, 0.75F}});
    const LossChanges all = loss_changes(gated, dense, std::nullopt, 5);
    ASSERT_EQ(all.worse.size(), 2U);
    EXPECT_EQ(all.worse[0].window, 1);
    EXPECT_EQ(all.worse[0].position, 1);
    EXPECT_FLOAT_EQ(all.worse[0].nats, 3);
    ASSERT_EQ(all.better.size(), 2U);
    EXPECT_FLOAT_EQ(all.better[0].nats, -1);
    EXPECT_FLOAT_EQ(all.better[1].nats, -0.25F);
    const LossChanges first = loss_changes(gated, dense, 0, 5);
    ASSERT_EQ(first.worse.size(), 1U);
    EXPECT_FLOAT_EQ(first.worse[0].nats, 0.5F);
}

TEST(LossChanges, OfManyTokensAreStillTheLargest) {
    std::vector<float> without(3000, 0.0F), with;
    for (int token = 0; token < 3000; ++token) with.push_back(static_cast<float>(token * 7919 % 3001));
    const LossChanges found = loss_changes(rows({with}), rows({without}), std::nullopt, 10);
    ASSERT_EQ(found.worse.size(), 10U);
    std::sort(with.begin(), with.end(), std::greater<>());
    for (std::size_t rank = 0; rank < 10; ++rank) EXPECT_FLOAT_EQ(found.worse[rank].nats, with[rank]);
}

TEST(LossChanges, LeaveOutWhatIsNotFinite) {
    const PerplexityResult dense = rows({{kNaN, 1, 2}});
    const PerplexityResult gated = rows({{kNaN, std::numeric_limits<float>::infinity(), 2.5F}});
    ASSERT_EQ(loss_changes(gated, dense, std::nullopt, 5).worse.size(), 1U);
    EXPECT_DOUBLE_EQ(change_by_position(gated, dense, 3, 1)[0].mean, 0.5);
}

TEST(ChangeByPosition, IsTheMeanOverWindowsWithItsError) {
    const PerplexityResult dense = rows({{kNaN, 0, 0, 0}, {kNaN, 0, 0, 0}});
    const PerplexityResult gated = rows({{kNaN, 1, 2, 4}, {kNaN, 3, 2, 2}});
    const auto changes = change_by_position(gated, dense, 4, 2);
    ASSERT_EQ(changes.size(), 2U);
    EXPECT_EQ(changes[0].from, 0);
    EXPECT_EQ(changes[0].to, 2);
    EXPECT_DOUBLE_EQ(changes[0].mean, 2);
    EXPECT_DOUBLE_EQ(changes[0].error, 1) << "standard deviation of 1 and 3 is sqrt(2), over sqrt(2) windows";
    EXPECT_DOUBLE_EQ(changes[1].mean, 2.5);
    EXPECT_DOUBLE_EQ(changes[1].error, 0.5);
    const auto one = change_by_position(rows({{kNaN, 1, 2, 4}}), dense, 4, 2);
    EXPECT_TRUE(std::isnan(one[0].error)) << "one window has no error";
}

TEST(LossStage, ChangesWithEveryWindowUntilThereAreManyAndAlwaysAtTheEnd) {
    RunResult run;
    run.text = fake::text({2, 2, 8, 2});
    run.gates.resize(1);
    run.gates[0].gate = parse_gate("oracle:k=4");
    const auto at = [&](std::size_t windows) {
        run.dense.token_nll.resize(windows);
        run.gates[0].perplexity.token_nll.resize(windows);
        return loss_stage(&run, 0);
    };
    EXPECT_NE(at(1), at(2));
    EXPECT_EQ(at(1000), at(1001));
    EXPECT_NE(at(1000), at(1100));
    const LossStage nearly = at(1001);
    run.complete = true;
    EXPECT_NE(loss_stage(&run, 0), nearly);
    const LossStage whole = loss_stage(&run, 0);
    run.gates[0].gate = parse_gate("oracle:k=2");
    EXPECT_NE(loss_stage(&run, 0), whole);
    EXPECT_EQ(loss_stage(&run, 1), LossStage{});
}

Snapshot after(std::int64_t done, std::int64_t windows = 5) {
    const fake::Shape shape{4, 3, 32, windows};
    Snapshot out = fake::snapshot(shape);
    out.run = fake::run(shape, done);
    return out;
}

TEST(TriedGates, KeepEverySettingInTheOrderOfItsTrial) {
    TriedGates tried;
    tried.observe(after(2));
    ASSERT_EQ(tried.gates().size(), 2U);
    EXPECT_EQ(tried.gates()[0].gate, "oracle:k=64");
    EXPECT_EQ(tried.gates()[1].kind, "Sliding window");
    Snapshot next = after(3);
    auto run = std::make_shared<RunResult>(*next.run);
    run->gates[0].gate = parse_gate("oracle:k=8");
    next.run = run;
    tried.observe(next);
    ASSERT_EQ(tried.gates().size(), 3U);
    EXPECT_EQ(tried.gates()[2].gate, "oracle:k=8");
    EXPECT_EQ(tried.gates()[0].estimate.windows, 2) << "what is no longer set stays as it was";
    EXPECT_EQ(tried.gates()[1].estimate.windows, 3);
    EXPECT_EQ(tried.kinds(), (std::vector<std::string>{"Oracle top-k", "Sliding window"}));
}

TEST(TriedGates, TriedAgainKeepTheirPlaceAndTheBetterEstimate) {
    TriedGates tried;
    tried.observe(after(5));
    tried.observe(after(1));
    ASSERT_EQ(tried.gates().size(), 2U);
    EXPECT_EQ(tried.gates()[0].estimate.windows, 5);
    EXPECT_EQ(tried.dense().windows, 5);
    tried.observe(after(1, 3));
    EXPECT_EQ(tried.gates()[0].estimate.windows, 1) << "fewer windows are wanted now";
}

TEST(TriedGates, AreOfOneModelTextAndWindowLength) {
    TriedGates tried;
    tried.observe(after(2));
    Snapshot other = after(2);
    auto run = std::make_shared<RunResult>(*other.run);
    run->request.window_length = 16;
    run->gates.pop_back();
    other.run = run;
    tried.observe(other);
    EXPECT_EQ(tried.gates().size(), 1U);
    tried.observe(after(2));
    EXPECT_EQ(tried.gates().size(), 2U) << "and come back with what they belong to";
}

TEST(TriedGates, StayWhenTheModelsHashBecomesKnown) {
    TriedGates tried;
    const auto with_hash = [](const std::string& hash, const std::string& gate) {
        Snapshot out = after(2);
        auto run = std::make_shared<RunResult>(*out.run);
        auto model = std::make_shared<ModelSummary>(*run->model);
        model->sha256 = hash;
        run->model = model;
        run->gates.resize(1);
        run->gates[0].gate = parse_gate(gate);
        out.run = run;
        return out;
    };
    tried.observe(with_hash("", "oracle:k=4"));
    tried.observe(with_hash("abc", "oracle:k=2"));
    EXPECT_EQ(tried.gates().size(), 2U);
}

TEST(Derived, ComparesBothGatesAndShowsTheAgreementOfTheChosenOne) {
    auto run = std::make_shared<RunResult>(*fake::run({4, 3, 64, 3}, 3));
    run->gates[1].agreement["f1"].values[0] = 0.125F;
    ViewState view;
    view.metric = "f1";
    const Derived of_a = derive(run.get(), {0, 1}, view);
    EXPECT_EQ(of_a.metric_slot, 0);
    EXPECT_NE(of_a.grid->at(0, 0), 0.125F);
    const PairedDifference expected =
        paired_difference(run->gates[1].perplexity.token_nll, run->gates[0].perplexity.token_nll);
    EXPECT_DOUBLE_EQ(of_a.b_from_a.nll, expected.nll);
    view.metric_slot = 1;
    EXPECT_EQ(derive(run.get(), {0, 1}, view).grid->at(0, 0), 0.125F);
    EXPECT_EQ(derive(run.get(), {0, std::nullopt}, view).metric_slot, 0) << "B is off";
}

TEST(GateWords, GiveTheDifferenceOfPerplexityInPerCentAndSayWhetherItIsReal) {
    PairedDifference difference;
    EXPECT_EQ(relative_number(difference), "–");
    difference.nll = 0.0052;
    EXPECT_EQ(relative_number(difference), "+0.52 %");
    EXPECT_EQ(difference_verdict(difference), "needs two windows");
    difference.low = 0.0042, difference.high = 0.0062;
    EXPECT_EQ(relative_number(difference), "+0.52 % ± 0.10");
    EXPECT_EQ(difference_verdict(difference), "real");
    difference.low = -0.001;
    EXPECT_EQ(difference_verdict(difference), "not told apart yet");
}

TEST(GateWords, GiveCostsAsSharesAndInUnits) {
    EXPECT_EQ(work_words({}), "");
    EXPECT_EQ(cache_words({}), "");
    const GateCost cost{1.25e8, 1e9, 1.5 * (1 << 20), 12.0 * (1 << 20)};
    EXPECT_EQ(work_words(cost), "12.5 %, 0.12 GFLOP");
    EXPECT_EQ(cache_words(cost), "12.5 %, 1.50 MiB");
}

TEST(GateWords, PutEveryGateUnderAHeadingAndSayWhereItIsFrom) {
    std::map<std::string, int> groups;
    for (const GateInfo& info : gate_infos()) {
        ++groups[gate_group(info)];
        EXPECT_THAT(gate_about(info), testing::EndsWith(info.source)) << info.id;
        EXPECT_THAT(gate_help(info), testing::StartsWith(info.help)) << info.id;
        EXPECT_EQ(gate_help(info).find("teacher forcing") != std::string::npos, info.traits.decoding_method) << info.id;
    }
    EXPECT_EQ(groups[""], 1) << "dense alone has none";
    EXPECT_GE(groups.size(), 4U);
    for (const auto& [group, count] : groups) EXPECT_LE(count, 9) << group;
}

TEST(GateWords, NameThePlacesOfATerm) {
    const GateSpec gate = parse_gate("oracle:k=4@0-3+oracle:k=8@5/2");
    EXPECT_EQ(term_places(gate.terms[0]), "layers 0-3");
    EXPECT_EQ(term_places(gate.terms[1]), "layer 5, head 2");
    EXPECT_EQ(term_places(parse_gate("oracle:k=4").terms[0]), "all heads");
}

}  // namespace
}  // namespace gatescope
