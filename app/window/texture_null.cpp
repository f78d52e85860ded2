#include "app/window/texture_null.h"

namespace gatescope {

ImTextureID NullTextures::create(int /*width*/, int /*height*/) {
    alive_.insert(next_);
    return next_++;
}

void NullTextures::upload(ImTextureID /*texture*/, int /*first_row*/, int rows, int /*width*/,
                          const ImU32* /*pixels*/) {
    rows_ += rows;
}

void NullTextures::destroy(ImTextureID texture) {
    alive_.erase(texture);
}

}  // namespace gatescope
