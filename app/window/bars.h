#pragma once
// The bar on top (what is open, layouts, commands) and the one at the bottom (jobs, device, memory, last message).

#include "app/window/frame.h"
#include "app/window/layouts.h"
#include "app/window/memory_use.h"

namespace gatescope {

void draw_top_bar(Frame& frame, const Box& box);

class StatusBar {
  public:
    void draw(Frame& frame, const Box& box);

  private:
    MemoryWatch memory_;
};

}  // namespace gatescope
