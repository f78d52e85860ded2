#pragma once
// What a checkpoint is and whether there is room for it, in two columns: beside the files to choose from, and where a
// load was refused.

#include <optional>
#include <string>

#include "app/window/frame.h"

namespace gatescope {

// Of the checkpoint at `path`, as high as there is room; blank values until its headers are read. A way to open it that
// was chosen.
std::optional<OpenModel> draw_preview(const Frame& frame, const std::string& path);

// The memory that it needs and that is there, with a bar.
void draw_memory(const Frame& frame, const MemoryReport& memory);
float memory_height(const Frame& frame, const MemoryReport& memory);

// A button for every way in which it can be opened although it does not fit as it was wanted; the one that was pressed.
std::optional<OpenModel> draw_offers(const Frame& frame, const ModelPreview& preview);
float offers_height(const Frame& frame, const MemoryReport& memory);

// What to say of a model that does not fit: one or two sentences.
std::string room_text(const MemoryReport& memory);

}  // namespace gatescope
