#pragma once
// A head's T x T map as a picture of what is visible: cells smaller than a pixel are max-pooled through a pyramid, and
// all work is done in slices, so that a map of 4096 x 4096 never holds up a frame. The last whole picture stays until
// the next one is whole. Who keeps a pair is a colour over its probability; a pooled cell is its strongest pair.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/results.h"
#include "app/window/colour_maps.h"
#include "app/window/kept_marks.h"
#include "app/window/texture.h"

namespace gatescope {

// How the map is coloured; a change means a new picture.
struct ImageStyle {
    std::string colours = "viridis";
    ProbabilityScale scale;
    std::array<ImU32, kMarks> marks{};  // colour of each mark, 0 where it is not shown
    ImU32 ground = 0xFF000000U;         // what the rest of the map fades into while marks are shown
    bool marking() const { return marks != std::array<ImU32, kMarks>{}; }
    bool operator==(const ImageStyle& other) const;
};
// The colour of a pair: `colour` is that of its probability.
ImU32 marked_colour(const ImageStyle& style, ImU32 colour, Mark mark);

// Cells [first, last) of queries (down) and keys (across).
struct CellRange {
    std::int64_t first_query = 0, last_query = 0, first_key = 0, last_key = 0;
    bool operator==(const CellRange&) const = default;
    bool contains(const CellRange& other) const;
};

class AttentionImage {
  public:
    explicit AttentionImage(Textures& textures) : textures_(textures) {}
    ~AttentionImage();
    AttentionImage(const AttentionImage&) = delete;
    AttentionImage& operator=(const AttentionImage&) = delete;

    // What is to be seen; `width` and `height` are the pixels that `visible` covers.
    void show(std::shared_ptr<const PatternMatrix> pattern, const ImageStyle& style, const CellRange& visible,
              float width, float height);
    // Works on for about `cells` cells: at the picture, then at the marks. True while there is more to do: draw another
    // frame.
    bool work(std::int64_t cells);

    struct Picture {
        ImTextureID texture = 0;
        CellRange range;        // what it covers
        std::int64_t pool = 1;  // cells a side in one pixel
    };
    // The last whole picture of the current pattern; nothing while the first is made.
    const std::optional<Picture>& picture() const { return shown_; }
    // Of the current pattern.
    const KeptMarks& marks() const { return marks_; }

  private:
    struct Level {  // pooled 2^n x 2^n
        std::int64_t side = 0;
        std::vector<float> probability;
        std::vector<std::uint8_t> marks;
    };
    void restart_levels();
    // Two pyramids: of probabilities, and of whose they are. A place is where the next row goes.
    struct Place {
        std::size_t level = 0;
        std::int64_t row = 0;
    };
    using RowBuilder = void (AttentionImage::*)(std::size_t level, std::int64_t row);
    bool build_levels(Place& at, RowBuilder build_row, std::int64_t& cells);
    void pool_row(std::size_t level, std::int64_t row);
    void pool_marks_row(std::size_t level, std::int64_t row);
    void plan(std::int64_t pool_level, const CellRange& visible);
    bool draw_rows(std::int64_t& cells);
    void draw_row(std::int64_t row, std::vector<ImU32>& out) const;
    Mark mark_at(std::size_t pools, std::int64_t query, std::int64_t key) const;
    void drop(std::optional<Picture>& picture);

    Textures& textures_;
    std::shared_ptr<const PatternMatrix> pattern_;
    ImageStyle style_;
    std::optional<ProbabilityColours> colours_;
    std::vector<Level> levels_;  // of 2, 4, 8 ... cells; level 0 is the pattern itself
    Place built_, marks_built_;
    KeptMarks marks_;
    std::optional<Picture> shown_, next_;
    std::size_t next_level_ = 0;
    std::int64_t next_row_ = 0;
};

}  // namespace gatescope
