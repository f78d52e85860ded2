#pragma once
// Dialogs over the panels: one at a time, closed by Escape. Each is a modal window drawn every frame while it is open.

#include <memory>

#include "app/window/frame.h"

namespace gatescope {

class DialogView {
  public:
    virtual ~DialogView() = default;
    // False once it is done.
    virtual bool draw(Frame& frame) = 0;
};

// nullptr for kNone.
std::unique_ptr<DialogView> make_dialog(Dialog which, const Frame& frame);

// A modal window of `width` (units of the design) in the upper middle. Draw and end_dialog() where true; `open` becomes
// false when Escape closed it.
bool begin_dialog(const Frame& frame, const char* title, float width, float height, bool& open);
void end_dialog();

std::unique_ptr<DialogView> make_palette();
std::unique_ptr<DialogView> make_help();
std::unique_ptr<DialogView> make_file_dialog(Dialog which, const Frame& frame);
std::unique_ptr<DialogView> make_type_text();
std::unique_ptr<DialogView> make_export(const Frame& frame);
std::unique_ptr<DialogView> make_room(const Frame& frame);

}  // namespace gatescope
