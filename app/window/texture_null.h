#pragma once
// Textures that only count: for tests and for measuring how long a frame takes to build.

#include <set>

#include "app/window/texture.h"

namespace gatescope {

class NullTextures : public Textures {
  public:
    ImTextureID create(int width, int height) override;
    void upload(ImTextureID texture, int first_row, int rows, int width, const ImU32* pixels) override;
    void destroy(ImTextureID texture) override;
    std::size_t alive() const { return alive_.size(); }
    std::int64_t rows_uploaded() const { return rows_; }

  private:
    std::set<ImTextureID> alive_;
    ImTextureID next_ = 1;
    std::int64_t rows_ = 0;
};

}  // namespace gatescope
