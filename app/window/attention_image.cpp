#include "app/window/attention_image.h"

#include <algorithm>
#include <iterator>

namespace gatescope {

namespace {

constexpr std::uint8_t kKeptA = 1, kKeptB = 2, kMissed = 4;

ImU32 mix(ImU32 base, ImU32 over, unsigned parts_of_256) {
    ImU32 out = 0xFF000000U;
    for (unsigned shift = 0; shift < 24; shift += 8) {
        const unsigned a = (base >> shift) & 255U, b = (over >> shift) & 255U;
        out |= ((a * (256U - parts_of_256) + b * parts_of_256) >> 8U) << shift;
    }
    return out;
}

}  // namespace

bool ImageStyle::operator==(const ImageStyle& other) const {
    return colours == other.colours && scale.logarithmic == other.scale.logarithmic &&
           scale.least == other.scale.least && kept_a == other.kept_a && kept_b == other.kept_b &&
           missed == other.missed && colour_a == other.colour_a && colour_b == other.colour_b &&
           colour_missed == other.colour_missed;
}

bool CellRange::contains(const CellRange& other) const {
    return first_query <= other.first_query && last_query >= other.last_query && first_key <= other.first_key &&
           last_key >= other.last_key;
}

AttentionImage::~AttentionImage() {
    drop(shown_);
    drop(next_);
}

void AttentionImage::drop(std::optional<Picture>& picture) {
    if (picture) textures_.destroy(picture->texture);
    picture.reset();
}

void AttentionImage::show(std::shared_ptr<const PatternMatrix> pattern, const ImageStyle& style,
                          const CellRange& visible, float width, float height) {
    const bool other_pattern = pattern != pattern_;
    if (other_pattern) {
        // The old head stays in sight until the new one is whole, but never a map of another size.
        if (pattern_ == nullptr || pattern == nullptr || pattern->tokens != pattern_->tokens) drop(shown_);
        pattern_ = std::move(pattern);
        restart_levels();
    }
    if (pattern_ == nullptr) return;
    const bool other_style = !colours_ || !(style == style_);
    if (other_style) {
        style_ = style;
        colours_.emplace(colour_map(style.colours), style.scale);
    }
    const auto across = static_cast<float>(visible.last_key - visible.first_key);
    const auto down = static_cast<float>(visible.last_query - visible.first_query);
    std::int64_t level = 0;
    // No cell may fall between pixels: pool until a pooled cell covers at least one.
    const float cells_per_pixel = std::max(across / std::max(width, 1.0F), down / std::max(height, 1.0F));
    while (level < std::ssize(levels_) && static_cast<float>(std::int64_t{1} << level) < cells_per_pixel) ++level;
    const std::optional<Picture>& nearest = next_ ? next_ : shown_;
    const bool fits = nearest && nearest->pool == (std::int64_t{1} << level) && nearest->range.contains(visible);
    if (other_pattern || other_style || !fits) plan(level, visible);
}

void AttentionImage::plan(std::int64_t pool_level, const CellRange& visible) {
    drop(next_);
    const std::int64_t tokens = pattern_->tokens, pool = std::int64_t{1} << pool_level;
    // A margin of a quarter screen on all sides, so that dragging shows no edge.
    const std::int64_t margin_q = (visible.last_query - visible.first_query) / 4;
    const std::int64_t margin_k = (visible.last_key - visible.first_key) / 4;
    const auto floor_to = [&](std::int64_t cell) { return std::clamp<std::int64_t>(cell, 0, tokens) / pool * pool; };
    const auto ceil_to = [&](std::int64_t cell) {
        return (std::clamp<std::int64_t>(cell, 0, tokens) + pool - 1) / pool * pool;
    };
    Picture picture;
    picture.pool = pool;
    picture.range = {floor_to(visible.first_query - margin_q), ceil_to(visible.last_query + margin_q),
                     floor_to(visible.first_key - margin_k), ceil_to(visible.last_key + margin_k)};
    const CellRange& range = picture.range;
    if (range.last_query <= range.first_query || range.last_key <= range.first_key) return;
    picture.texture = textures_.create(static_cast<int>((range.last_key - range.first_key) / pool),
                                       static_cast<int>((range.last_query - range.first_query) / pool));
    next_ = picture;
    next_level_ = static_cast<std::size_t>(pool_level);
    next_row_ = 0;
}

void AttentionImage::restart_levels() {
    levels_.clear();
    level_built_ = 0;
    row_built_ = 0;
    if (pattern_ == nullptr) return;
    for (std::int64_t side = (pattern_->tokens + 1) / 2; side >= 16; side = (side + 1) / 2) {
        Level level;
        level.side = side;
        levels_.push_back(std::move(level));
    }
}

std::uint8_t AttentionImage::marks_at(std::int64_t query, std::int64_t key) const {
    const auto cell = static_cast<std::size_t>(query * pattern_->tokens + key);
    const bool a = !pattern_->kept_a.empty() && pattern_->kept_a[cell] != 0;
    const bool b = !pattern_->kept_b.empty() && pattern_->kept_b[cell] != 0;
    const bool gated = !pattern_->kept_a.empty() || !pattern_->kept_b.empty();
    const bool missed = gated && !a && !b && pattern_->probabilities[cell] >= kMissedFrom;
    return static_cast<std::uint8_t>((a ? kKeptA : 0) | (b ? kKeptB : 0) | (missed ? kMissed : 0));
}

void AttentionImage::build_level_row(std::size_t level, std::int64_t row) {
    Level& to = levels_[level];
    const bool first = level == 0;
    const std::int64_t from_side = first ? pattern_->tokens : levels_[level - 1].side;
    const float* from = first ? pattern_->probabilities.data() : levels_[level - 1].probability.data();
    for (std::int64_t column = 0; column < to.side; ++column) {
        float most = 0;
        std::uint8_t marks = 0;
        for (std::int64_t q = 2 * row; q < std::min(2 * row + 2, from_side); ++q)
            for (std::int64_t k = 2 * column; k < std::min(2 * column + 2, from_side); ++k) {
                const auto cell = static_cast<std::size_t>(q * from_side + k);
                most = std::max(most, from[cell]);
                marks = static_cast<std::uint8_t>(marks | (first ? marks_at(q, k) : levels_[level - 1].marks[cell]));
            }
        const auto cell = static_cast<std::size_t>(row * to.side + column);
        to.probability[cell] = most;
        to.marks[cell] = marks;
    }
}

// Up to the level that the next picture needs.
bool AttentionImage::build_levels(std::int64_t& cells) {
    while (level_built_ < std::min(next_level_, levels_.size())) {
        Level& level = levels_[level_built_];
        if (row_built_ == 0) {
            level.probability.resize(static_cast<std::size_t>(level.side * level.side));
            level.marks.resize(level.probability.size());
        }
        for (; row_built_ < level.side && cells > 0; ++row_built_, cells -= 4 * level.side)
            build_level_row(level_built_, row_built_);
        if (row_built_ < level.side) return false;
        ++level_built_;
        row_built_ = 0;
    }
    return true;
}

ImU32 AttentionImage::blended(ImU32 colour, std::uint8_t marks) const {
    if (style_.kept_a && (marks & kKeptA) != 0) colour = mix(colour, style_.colour_a, 150);
    if (style_.kept_b && (marks & kKeptB) != 0) colour = mix(colour, style_.colour_b, 150);
    if (style_.missed && (marks & kMissed) != 0) colour = style_.colour_missed;
    return colour;
}

void AttentionImage::draw_row(std::int64_t row, std::vector<ImU32>& out) const {
    const CellRange& range = next_->range;
    const std::int64_t pool = next_->pool, columns = (range.last_key - range.first_key) / pool;
    const std::int64_t q = range.first_query / pool + row;
    const bool exact = next_level_ == 0;
    const std::int64_t side = exact ? pattern_->tokens : levels_[next_level_ - 1].side;
    const float* values = exact ? pattern_->probabilities.data() : levels_[next_level_ - 1].probability.data();
    const bool marking = style_.kept_a || style_.kept_b || style_.missed;
    for (std::int64_t column = 0; column < columns; ++column) {
        const std::int64_t k = range.first_key / pool + column;
        ImU32 colour = 0;  // nothing above a decoder's diagonal
        if (q < side && k < (pattern_->causal ? q + 1 : side)) {
            const auto cell = static_cast<std::size_t>(q * side + k);
            colour = (*colours_)(values[cell]);
            if (marking) colour = blended(colour, exact ? marks_at(q, k) : levels_[next_level_ - 1].marks[cell]);
        }
        out.push_back(colour);
    }
}

bool AttentionImage::draw_rows(std::int64_t& cells) {
    const CellRange& range = next_->range;
    const std::int64_t rows = (range.last_query - range.first_query) / next_->pool;
    const std::int64_t columns = (range.last_key - range.first_key) / next_->pool;
    std::vector<ImU32> pixels;
    const std::int64_t from = next_row_;
    for (; next_row_ < rows && cells > 0; ++next_row_, cells -= columns) draw_row(next_row_, pixels);
    if (next_row_ > from)
        textures_.upload(next_->texture, static_cast<int>(from), static_cast<int>(next_row_ - from),
                         static_cast<int>(columns), pixels.data());
    return next_row_ >= rows;
}

bool AttentionImage::work(std::int64_t cells) {
    if (!next_ || pattern_ == nullptr) return false;
    if (!build_levels(cells) || !draw_rows(cells)) return true;
    drop(shown_);
    shown_ = next_;
    next_.reset();
    return false;
}

}  // namespace gatescope
