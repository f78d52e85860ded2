#pragma once
// A head's T x T map as a picture of what is visible: cells smaller than a pixel are max-pooled through a pyramid, and
// all work is done in slices, so that a map of 4096 x 4096 never holds up a frame. The last whole picture stays until
// the next one is whole.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "app/window/colour_maps.h"
#include "app/window/texture.h"

namespace gatescope {

// How the map is coloured; a change means a new picture.
struct ImageStyle {
    std::string colours = "viridis";
    ProbabilityScale scale;
    bool kept_a = false, kept_b = false, missed = false;
    ImU32 colour_a = 0, colour_b = 0, colour_missed = 0;
    bool operator==(const ImageStyle& other) const;
};

// Cells [first, last) of queries (down) and keys (across).
struct CellRange {
    std::int64_t first_query = 0, last_query = 0, first_key = 0, last_key = 0;
    bool operator==(const CellRange&) const = default;
    bool contains(const CellRange& other) const;
};

// A probability at or above this that no gate keeps counts as missed.
inline constexpr float kMissedFrom = 0.01F;

class AttentionImage {
  public:
    explicit AttentionImage(Textures& textures) : textures_(textures) {}
    ~AttentionImage();
    AttentionImage(const AttentionImage&) = delete;
    AttentionImage& operator=(const AttentionImage&) = delete;

    // What is to be seen; `width` and `height` are the pixels that `visible` covers.
    void show(std::shared_ptr<const PatternMatrix> pattern, const ImageStyle& style, const CellRange& visible,
              float width, float height);
    // Works on for about `cells` cells. True while there is more to do: draw another frame.
    bool work(std::int64_t cells);

    struct Picture {
        ImTextureID texture = 0;
        CellRange range;        // what it covers
        std::int64_t pool = 1;  // cells a side in one pixel
    };
    // The last whole picture of the current pattern; nothing while the first is made.
    const std::optional<Picture>& picture() const { return shown_; }

  private:
    struct Level {  // pooled 2^n x 2^n
        std::int64_t side = 0;
        std::vector<float> probability;
        std::vector<std::uint8_t> marks;
    };
    void restart_levels();
    bool build_levels(std::int64_t& cells);
    void build_level_row(std::size_t level, std::int64_t row);
    void plan(std::int64_t pool_level, const CellRange& visible);
    bool draw_rows(std::int64_t& cells);
    void draw_row(std::int64_t row, std::vector<ImU32>& out) const;
    std::uint8_t marks_at(std::int64_t query, std::int64_t key) const;
    ImU32 blended(ImU32 colour, std::uint8_t marks) const;
    void drop(std::optional<Picture>& picture);

    Textures& textures_;
    std::shared_ptr<const PatternMatrix> pattern_;
    ImageStyle style_;
    std::optional<ProbabilityColours> colours_;
    std::vector<Level> levels_;  // of 2, 4, 8 ... cells; level 0 is the pattern itself
    std::size_t level_built_ = 0;
    std::int64_t row_built_ = 0;
    std::optional<Picture> shown_, next_;
    std::size_t next_level_ = 0;
    std::int64_t next_row_ = 0;
};

}  // namespace gatescope
