#pragma once
// The map's axes: zoom and drag, crosshair, numbers or tokens along the edges.

#include "app/window/attention_image.h"
#include "app/window/frame.h"
#include "app/window/layouts.h"

namespace gatescope {

class AttentionPlot {
  public:
    // Draws the map into `map`, labels left of it and below.
    void draw(Frame& frame, const Box& map, AttentionImage& image, const ImageStyle& style);

  private:
    void follow(const PatternMatrix& pattern);
    void draw_picture(const AttentionImage& image) const;
    void draw_cross(Frame& frame, const Box& map) const;
    void react(Frame& frame, const PatternMatrix& pattern);
    void draw_edges(const Frame& frame, const Box& map, std::int64_t tokens, const AttentionImage& image) const;
    void draw_numbers(const Frame& frame, const Box& map) const;
    void draw_tokens(const Frame& frame, const Box& map, std::int64_t tokens) const;
    float cell_pixels(const Box& map) const;

    double key_from_ = 0, key_to_ = 0, query_from_ = 0, query_to_ = 0;  // what is visible
    std::int64_t tokens_ = 0;
};

}  // namespace gatescope
