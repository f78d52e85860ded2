#pragma once
// Pictures on the graphics card, behind an interface so that the window can be built and tested without one.

#include <cstdint>

#include "imgui.h"

namespace gatescope {

class Textures {
  public:
    virtual ~Textures() = default;
    // RGBA8, contents undefined.
    virtual ImTextureID create(int width, int height) = 0;
    // Rows first_row ... first_row + rows - 1 from `pixels` [rows, width].
    virtual void upload(ImTextureID texture, int first_row, int rows, int width, const ImU32* pixels) = 0;
    virtual void destroy(ImTextureID texture) = 0;
};

}  // namespace gatescope
