#include "app/window/attention_image.h"

#include <algorithm>
#include <iterator>

namespace gatescope {

namespace {

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
           scale.least == other.scale.least && marks == other.marks && ground == other.ground;
}

// A mark's colour grows with the probability below it; what is not marked turns into a greyer hint of itself.
ImU32 marked_colour(const ImageStyle& style, ImU32 colour, Mark mark) {
    const unsigned light = (54 * (colour & 255U) + 183 * ((colour >> 8) & 255U) + 19 * ((colour >> 16) & 255U)) >> 8U;
    const ImU32 faint = mix(mix(colour, light * 0x010101U, 150), style.ground, 128);
    const ImU32 over = style.marks[static_cast<std::size_t>(mark)];
    return over == 0 ? faint : mix(faint, over, 176 + light * 80 / 256);
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
        marks_.follow(pattern_);
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
    built_ = marks_built_ = {};
    if (pattern_ == nullptr) return;
    for (std::int64_t side = (pattern_->tokens + 1) / 2; side >= 16; side = (side + 1) / 2) {
        Level level;
        level.side = side;
        levels_.push_back(std::move(level));
    }
}

void AttentionImage::pool_row(std::size_t level, std::int64_t row) {
    Level& to = levels_[level];
    if (row == 0) to.probability.resize(static_cast<std::size_t>(to.side * to.side));
    const bool first = level == 0;
    const std::int64_t from_side = first ? pattern_->tokens : levels_[level - 1].side;
    const float* from = first ? pattern_->probabilities.data() : levels_[level - 1].probability.data();
    for (std::int64_t column = 0; column < to.side; ++column) {
        float most = 0;
        for (std::int64_t q = 2 * row; q < std::min(2 * row + 2, from_side); ++q)
            for (std::int64_t k = 2 * column; k < std::min(2 * column + 2, from_side); ++k)
                most = std::max(most, from[q * from_side + k]);
        to.probability[static_cast<std::size_t>(row * to.side + column)] = most;
    }
}

// The mark of the strongest pair, of equal ones the first.
void AttentionImage::pool_marks_row(std::size_t level, std::int64_t row) {
    Level& to = levels_[level];
    if (row == 0) to.marks.resize(static_cast<std::size_t>(to.side * to.side));
    const bool first = level == 0;
    const std::int64_t from_side = first ? pattern_->tokens : levels_[level - 1].side;
    const float* from = first ? pattern_->probabilities.data() : levels_[level - 1].probability.data();
    for (std::int64_t column = 0; column < to.side; ++column) {
        float most = -1;
        Mark mark = Mark::kNone;
        for (std::int64_t q = 2 * row; q < std::min(2 * row + 2, from_side); ++q)
            for (std::int64_t k = 2 * column; k < std::min(2 * column + 2, from_side); ++k) {
                const float value = from[q * from_side + k];
                if (value > most) most = value, mark = mark_at(level, q, k);
            }
        to.marks[static_cast<std::size_t>(row * to.side + column)] = static_cast<std::uint8_t>(mark);
    }
}

// Of a cell that is pooled `pools` times.
Mark AttentionImage::mark_at(std::size_t pools, std::int64_t query, std::int64_t key) const {
    if (!marks_.gated()) return Mark::kNone;
    if (pools == 0) return marks_.at(query, key);
    const Level& level = levels_[pools - 1];
    return static_cast<Mark>(level.marks[static_cast<std::size_t>(query * level.side + key)]);
}

// Up to the level that the next picture needs.
bool AttentionImage::build_levels(Place& at, RowBuilder build_row, std::int64_t& cells) {
    for (; at.level < std::min(next_level_, levels_.size()); ++at.level, at.row = 0) {
        const std::int64_t side = levels_[at.level].side;
        for (; at.row < side && cells > 0; ++at.row, cells -= 4 * side) (this->*build_row)(at.level, at.row);
        if (at.row < side) return false;
    }
    return true;
}

void AttentionImage::draw_row(std::int64_t row, std::vector<ImU32>& out) const {
    const CellRange& range = next_->range;
    const std::int64_t pool = next_->pool, columns = (range.last_key - range.first_key) / pool;
    const std::int64_t q = range.first_query / pool + row;
    const bool exact = next_level_ == 0;
    const std::int64_t side = exact ? pattern_->tokens : levels_[next_level_ - 1].side;
    const float* values = exact ? pattern_->probabilities.data() : levels_[next_level_ - 1].probability.data();
    const bool marking = style_.marking();
    for (std::int64_t column = 0; column < columns; ++column) {
        const std::int64_t k = range.first_key / pool + column;
        ImU32 colour = 0;  // nothing above a decoder's diagonal
        if (q < side && k < (pattern_->causal ? q + 1 : side)) {
            const auto cell = static_cast<std::size_t>(q * side + k);
            colour = (*colours_)(values[cell]);
            if (marking) colour = marked_colour(style_, colour, mark_at(next_level_, q, k));
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
    if (pattern_ == nullptr) return false;
    if (!next_) return !marks_.work(cells);
    if (style_.marking() && !marks_.work(cells)) return true;
    if (!build_levels(built_, &AttentionImage::pool_row, cells)) return true;
    if (style_.marking() && !build_levels(marks_built_, &AttentionImage::pool_marks_row, cells)) return true;
    if (!draw_rows(cells)) return true;
    drop(shown_);
    shown_ = next_;
    next_.reset();
    return !marks_.whole();
}

}  // namespace gatescope
