#pragma once
// Textures in the current OpenGL context.

#include <memory>

#include "app/window/texture.h"

namespace gatescope {

std::unique_ptr<Textures> make_gl_textures();

}  // namespace gatescope
