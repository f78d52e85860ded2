#pragma once
// Beside the map: the token pair under the pointer, what its query attends to, and its strongest keys.

#include <memory>

#include "app/window/attention_image.h"
#include "app/window/frame.h"
#include "app/window/query_facts.h"

namespace gatescope {

class AttentionFacts {
  public:
    void draw(Frame& frame, const ImVec2& room, const AttentionImage& image);

  private:
    void refresh(const Frame& frame, std::int64_t query);
    void draw_pair(const Frame& frame, std::int64_t query, std::int64_t key, float width, const KeptMarks& marks) const;
    static float explain_height(const Frame& frame, const ImVec2& room, const KeptMarks& marks);
    static void explain(const Frame& frame, float width);
    void draw_figures(const Frame& frame, float width) const;
    void draw_strongest(Frame& frame, float width, float bottom) const;

    std::shared_ptr<const PatternMatrix> pattern_;
    std::int64_t query_ = -1, k_ = 0;
    QueryFacts facts_;
};

}  // namespace gatescope
