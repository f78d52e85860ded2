// The window's parts that draw nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/perplexity.h"
#include "app/window/attention_image.h"
#include "app/window/colour_maps.h"
#include "app/window/derived.h"
#include "app/window/gate_draft.h"
#include "app/window/gate_words.h"
#include "app/window/layouts.h"
#include "app/window/query_facts.h"
#include "app/window/texture_null.h"
#include "app/window/theme.h"
#include "app/window/token_text.h"
#include "app/window/view_settings.h"
#include "tests/support/fake_snapshot.h"

namespace gatescope {
namespace {

TEST(Theme, KeepsTextReadableOnEverySurface) {
    for (const ThemeKind kind : {ThemeKind::kDark, ThemeKind::kLight}) {
        const Palette colours = palette(kind);
        for (const ImVec4& ground : {colours.panel, colours.raised, colours.ground})
            for (const ImVec4& text : {colours.text, colours.secondary, colours.gate_a, colours.gate_b, colours.error,
                                       colours.warning, colours.accent})
                EXPECT_GE(contrast(text, ground), 4.5F) << static_cast<int>(kind);
    }
}

TEST(ColourMap, HasItsEndsAndItsMiddle) {
    const ColourMap& viridis = colour_map("viridis");
    EXPECT_EQ(colour_at(viridis, 0), IM_COL32(0x44, 0x01, 0x54, 255));
    EXPECT_EQ(colour_at(viridis, 1), IM_COL32(0xfd, 0xe7, 0x25, 255));
    EXPECT_EQ(colour_at(colour_map("diverging"), 0.5F), IM_COL32(0xee, 0xee, 0xee, 255));
    EXPECT_EQ(colour_at(viridis, std::nanf("")), 0U);
    EXPECT_EQ(colour_map("no such map").id, "viridis");
}

TEST(ColourMap, LooksProbabilitiesUpAsTheScaleHasThem) {
    const ColourMap& map = colour_map("magma");
    for (const bool logarithmic : {true, false}) {
        const ProbabilityScale scale{logarithmic, 0.001F};
        const ProbabilityColours colours(map, scale);
        for (const float probability : {0.0F, 0.0005F, 0.002F, 0.03F, 0.4F, 1.0F}) {
            const ImU32 exact = colour_at(map, scale.position(probability)), fast = colours(probability);
            for (unsigned shift = 0; shift < 24; shift += 8)
                EXPECT_NEAR(static_cast<int>((exact >> shift) & 255U), static_cast<int>((fast >> shift) & 255U), 4);
        }
    }
}

TEST(ProbabilityScale, ReadsItsOwnPositions) {
    const ProbabilityScale scale;
    for (const float probability : {0.001F, 0.02F, 0.5F, 1.0F})
        EXPECT_NEAR(scale.value(scale.position(probability)), probability, 1e-4F);
}

// Remembers the pixels.
class PixelTextures : public NullTextures {
  public:
    void upload(ImTextureID texture, int first_row, int rows, int width, const ImU32* from) override {
        NullTextures::upload(texture, first_row, rows, width, from);
        pixels.insert(pixels.end(), from, from + static_cast<std::ptrdiff_t>(rows) * width);
    }
    std::vector<ImU32> pixels;
};

struct OneCell {
    std::shared_ptr<PatternMatrix> pattern = std::make_shared<PatternMatrix>();
    OneCell(std::int64_t tokens, std::int64_t query, std::int64_t key) {
        pattern->tokens = tokens;
        pattern->probabilities.assign(static_cast<std::size_t>(tokens * tokens), 0.0F);
        pattern->probabilities[static_cast<std::size_t>(query * tokens + key)] = 1;
    }
};

TEST(AttentionImage, ShowsEveryCellWhereThereIsRoom) {
    PixelTextures textures;
    AttentionImage image(textures);
    const OneCell one(64, 40, 7);
    image.show(one.pattern, {}, {0, 64, 0, 64}, 64, 64);
    EXPECT_FALSE(image.work(1'000'000));
    ASSERT_TRUE(image.picture());
    EXPECT_EQ(image.picture()->pool, 1);
    EXPECT_EQ(textures.pixels[40 * 64 + 7], colour_at(colour_map("viridis"), 1));
    EXPECT_EQ(textures.pixels[40 * 64 + 8], colour_at(colour_map("viridis"), 0));
    EXPECT_EQ(textures.pixels[7 * 64 + 40], 0U) << "above the diagonal nothing is attended";
}

TEST(AttentionImage, ShowsAnEncodersKeysBehindTheQuery) {
    PixelTextures textures;
    AttentionImage image(textures);
    const OneCell one(64, 7, 40);
    one.pattern->causal = false;
    image.show(one.pattern, {}, {0, 64, 0, 64}, 64, 64);
    EXPECT_FALSE(image.work(1'000'000));
    EXPECT_EQ(textures.pixels[7 * 64 + 40], colour_at(colour_map("viridis"), 1));
    EXPECT_EQ(textures.pixels[7 * 64 + 41], colour_at(colour_map("viridis"), 0));
    const QueryFacts facts = query_facts(*one.pattern, 7, 1);
    EXPECT_EQ(facts.strongest.front().first, 40);
    EXPECT_EQ(facts.keys_90, 1);
}

TEST(AttentionImage, LosesNoPeakWhenCellsAreSmallerThanPixels) {
    PixelTextures textures;
    AttentionImage image(textures);
    const OneCell one(512, 301, 77);
    image.show(one.pattern, {}, {0, 512, 0, 512}, 100, 100);
    while (image.work(10'000)) {
    }
    ASSERT_TRUE(image.picture());
    EXPECT_EQ(image.picture()->pool, 8);
    EXPECT_EQ(textures.pixels[(301 / 8) * 64 + 77 / 8], colour_at(colour_map("viridis"), 1));
}

TEST(AttentionImage, WorksInSlicesAndKeepsTheLastWholePicture) {
    PixelTextures textures;
    AttentionImage image(textures);
    const OneCell first(256, 9, 3), second(256, 10, 3);
    image.show(first.pattern, {}, {0, 256, 0, 256}, 256, 256);
    EXPECT_TRUE(image.work(1000));
    EXPECT_FALSE(image.picture());
    while (image.work(1000)) {
    }
    const ImTextureID shown = image.picture()->texture;
    image.show(second.pattern, {}, {0, 256, 0, 256}, 256, 256);
    EXPECT_TRUE(image.work(1000));
    EXPECT_EQ(image.picture()->texture, shown);
    while (image.work(1000)) {
    }
    EXPECT_NE(image.picture()->texture, shown);
    EXPECT_EQ(textures.alive(), 1U);
}

TEST(AttentionImage, DrawsAgainOnlyForANewStyleOrPlace) {
    PixelTextures textures;
    AttentionImage image(textures);
    const OneCell one(64, 40, 7);
    ImageStyle style;
    const auto rows = [&] {
        image.show(one.pattern, style, {0, 64, 0, 64}, 64, 64);
        while (image.work(1'000'000)) {
        }
        return textures.rows_uploaded();
    };
    EXPECT_EQ(rows(), 64);
    EXPECT_EQ(rows(), 64);
    style.colours = "magma";
    EXPECT_EQ(rows(), 128);
}

TEST(Derived, RunningPerplexityEndsInTheEstimate) {
    const auto run = fake::run({4, 3, 64, 5}, 5);
    const Derived derived = derive(run.get(), {0, 1}, {});
    ASSERT_EQ(derived.running.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const PerplexityEstimate& whole = i == 0 ? run->dense.estimate : run->gates[i - 1].perplexity.estimate;
        EXPECT_NEAR(derived.running[i].perplexity.back(), whole.perplexity, 1e-9 * whole.perplexity);
        EXPECT_NEAR(derived.running[i].low.back(), whole.low, 1e-9 * whole.low);
        EXPECT_NEAR(derived.running[i].high.back(), whole.high, 1e-9 * whole.high);
    }
}

TEST(Derived, RanksHeadsAndAveragesLayers) {
    const auto run = fake::run({4, 3, 64, 2}, 2);
    ViewState view;
    view.metric = "entropy";
    const Derived derived = derive(run.get(), {}, view);
    ASSERT_NE(derived.grid, nullptr);
    EXPECT_EQ(derived.ranked.size(), 12U);
    EXPECT_EQ(derived.rank_of(derived.ranked.front().second), 1);
    float sum = 0;
    for (std::int64_t head = 0; head < 3; ++head) sum += derived.grid->at(2, head);
    EXPECT_NEAR(derived.layer_means[2], sum / 3, 1e-5F);
}

TEST(Derived, FindsTheTokensThatAGateCostsMost) {
    const auto run = fake::run({4, 3, 64, 2}, 2);
    const Derived derived = derive(run.get(), {0, 1}, {});
    ASSERT_FALSE(derived.costly.empty());
    EXPECT_EQ(derived.costly_slot, 1);
    const auto position = static_cast<std::size_t>(derived.costly.front().position);
    EXPECT_FLOAT_EQ(derived.costly.front().nats,
                    run->gates[1].perplexity.token_nll[0][position] - run->dense.token_nll[0][position]);
}

TEST(GateDraft, KeepsWhatBothKindsHave) {
    GateDraft draft;
    draft.follow("oracle:k=32,sinks=2@0-3");
    EXPECT_EQ(draft.choose("uniform"), print_gate(parse_gate("uniform:k=32,sinks=2@0-3")));
    EXPECT_EQ(draft.choose("dense"), "dense");
}

TEST(GateDraft, TakesOverWhatOthersSetButNotItsOwnEcho) {
    GateDraft draft;
    draft.follow("oracle:k=64");
    const std::string sent = draft.set("k", std::int64_t{16});
    draft.follow("oracle:k=64");  // the engine has not heard yet
    EXPECT_EQ(draft.syntax(), sent);
    draft.follow(sent);
    EXPECT_EQ(draft.syntax(), sent);
    draft.follow("window:sinks=1,local=9");
    EXPECT_EQ(draft.term().id, "window");
}

TEST(GateDraft, TakesUpAgainWhatItSentBeforeOthersSetAnotherGate) {
    GateDraft draft;
    draft.follow("oracle:k=64");
    draft.follow(draft.set("k", std::int64_t{32}));
    draft.follow("dense");
    EXPECT_EQ(draft.syntax(), "dense");
    draft.follow("oracle:k=32");
    EXPECT_EQ(draft.syntax(), "oracle:k=32");
}

TEST(GateDraft, SaysWhatIsWrongAndSendsNothing) {
    GateDraft draft;
    draft.follow("oracle:k=8");
    EXPECT_EQ(draft.set("sinks", std::int64_t{20}), "");
    EXPECT_THAT(draft.error(), testing::HasSubstr("sinks"));
    EXPECT_EQ(draft.set_heads("1,x"), "");
    EXPECT_FALSE(draft.error().empty());
    EXPECT_NE(draft.set("sinks", std::int64_t{2}), "");
    EXPECT_TRUE(draft.error().empty());
}

TEST(GateWords, SayCertainOnlyWhereTheIntervalExcludesZero) {
    PairedDifference difference;
    difference.nll = 0.02, difference.low = 0.01, difference.high = 0.03;
    EXPECT_EQ(difference_number(difference), "+0.020 ± 0.010 nats");
    EXPECT_EQ(difference_words(difference, "dense"), "worse than dense, certain");
    difference.low = -0.01;
    EXPECT_EQ(difference_words(difference, "dense"), "not told apart from dense");
    difference.low = -0.03, difference.high = -0.01;
    EXPECT_EQ(difference_words(difference, "A"), "better than A, certain");
}

TEST(Layouts, FillTheirBoxWithoutOverlap) {
    for (const LayoutInfo& info : layouts()) {
        const Arrangement placed = arrange(info.root, {{0, 0}, {1600, 900}}, 4, {});
        float area = 0;
        for (const PlacedPanel& panel : placed.panels) {
            EXPECT_GE(panel.box.from.x, 0);
            EXPECT_LE(panel.box.to.x, 1600);
            EXPECT_LE(panel.box.to.y, 900);
            area += panel.box.size().x * panel.box.size().y;
        }
        for (const Splitter& splitter : placed.splitters) area += splitter.gap.size().x * splitter.gap.size().y;
        EXPECT_NEAR(area, 1600 * 900, 1);
    }
}

TEST(ViewSettings, ComeBackAsTheyWere) {
    ViewState view;
    view.layout = LayoutId::kGates;
    view.theme = ThemeKind::kLight;
    view.selected = {7, 2};
    view.metric = "entropy";
    view.k = 16;
    view.logarithmic = false;
    view.tint = TokenTint::kGateB;
    view.recent_models = {"/a b/c.gguf", "/d.gguf"};
    view.shares["browse.all"] = 0.6F;
    ViewState back;
    WindowSize size;
    words_to_view(view_to_words(view, {1234, 777}), back, size);
    EXPECT_EQ(view_to_words(back, size), view_to_words(view, {1234, 777}));
    EXPECT_EQ(back.recent_models, view.recent_models);
    EXPECT_EQ(size.width, 1234);
}

TEST(ViewSettings, IgnoreWhatIsBroken) {
    ViewState view;
    WindowSize size;
    words_to_view(
        {{"layer", "-3"}, {"k", "many"}, {"tint", "99"}, {"width", "2"}, {"layout", "?"}, {"share x", "seven"}}, view,
        size);
    EXPECT_EQ(view.selected.layer, 0);
    EXPECT_EQ(view.k, 64);
    EXPECT_EQ(view.tint, TokenTint::kAttention);
    EXPECT_EQ(size.width, 1600);
}

TEST(TokenText, ReplacesBytesThatAreNotUtf8) {
    EXPECT_EQ(valid_utf8("a\xff"
                         "b"),
              "a\uFFFDb");
    EXPECT_EQ(valid_utf8("\xe4\xb8"), "\uFFFD\uFFFD");
    EXPECT_EQ(valid_utf8("中é😀"), "中é😀");
}

TEST(TokenText, NamesInvisibleTokens) {
    RunResult run;
    auto text = std::make_shared<TextWindows>();
    text->windows = {{0, 1, 2}};
    text->pieces = {{0, " the"}, {1, "\n"}, {2, " "}};
    run.text = text;
    EXPECT_EQ(token_label(&run, 0, 0), "the");
    EXPECT_EQ(token_label(&run, 0, 1), "↵");
    EXPECT_EQ(token_label(&run, 0, 2), "␣");
    EXPECT_EQ(token_piece(&run, 0, 9), "");
}

TEST(QueryFacts, OfAnEncoderAreOfAllKeys) {
    PatternMatrix pattern;
    pattern.tokens = 4;
    pattern.causal = false;
    pattern.probabilities.assign(16, 0.25F);
    const QueryFacts facts = query_facts(pattern, 1, 2);
    EXPECT_EQ(facts.strongest.size(), 4U);
    EXPECT_NEAR(facts.entropy, std::log(4.0), 1e-6);
    EXPECT_EQ(facts.keys_90, 4);
}

TEST(TokenText, SetsIdsApartWhereThereIsNoTokenizer) {
    RunResult run;
    auto text = std::make_shared<TextWindows>();
    text->windows = {{17, 4}};
    text->pieces = {{17, "17"}, {4, "4"}};
    run.text = text;
    auto model = std::make_shared<ModelSummary>();
    model->tokenizer = "none";
    run.model = model;
    EXPECT_EQ(token_piece(&run, 0, 1), " 4");
    EXPECT_EQ(token_label(&run, 0, 1), "4");
}

TEST(QueryFacts, AreThoseOfTheRow) {
    PatternMatrix pattern;
    pattern.tokens = 4;
    pattern.probabilities.assign(16, 0.0F);
    const float row[] = {0.5F, 0.25F, 0.125F, 0.125F};
    std::copy(std::begin(row), std::end(row), pattern.probabilities.begin() + 12);
    const QueryFacts facts = query_facts(pattern, 3, 2);
    EXPECT_NEAR(facts.entropy, 1.75 * std::log(2.0), 1e-6);
    EXPECT_FLOAT_EQ(facts.top_k, 0.75F);
    EXPECT_EQ(facts.keys_90, 4);
    EXPECT_FLOAT_EQ(facts.first, 0.5F);
    EXPECT_FLOAT_EQ(facts.previous, 0.125F);
    EXPECT_EQ(facts.strongest.front().first, 0);
}

}  // namespace
}  // namespace gatescope
