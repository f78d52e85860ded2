#include "app/window/texture_gl.h"

#include <GL/gl.h>

namespace gatescope {

namespace {

GLuint name_of(ImTextureID texture) {
    return static_cast<GLuint>(texture);
}

class GlTextures : public Textures {
  public:
    ImTextureID create(int width, int height) override {
        GLuint name = 0;
        glGenTextures(1, &name);
        glBindTexture(GL_TEXTURE_2D, name);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
        glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
        glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
        return name;
    }
    void upload(ImTextureID texture, int first_row, int rows, int width, const ImU32* pixels) override {
        glBindTexture(GL_TEXTURE_2D, name_of(texture));
        glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
        glTexSubImage2D(GL_TEXTURE_2D, 0, 0, first_row, width, rows, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    }
    void destroy(ImTextureID texture) override {
        const GLuint name = name_of(texture);
        glDeleteTextures(1, &name);
    }
};

}  // namespace

std::unique_ptr<Textures> make_gl_textures() {
    return std::make_unique<GlTextures>();
}

}  // namespace gatescope
