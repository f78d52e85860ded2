#pragma once
// What a panel gets to draw one frame with.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/snapshot.h"
#include "app/window/derived.h"
#include "app/window/engine.h"
#include "app/window/texture.h"
#include "app/window/theme.h"
#include "app/window/tried_gates.h"
#include "app/window/view_state.h"

namespace gatescope {

// Things that a panel or an action asks the shell to open; drawn and cleared by the shell.
enum class Dialog { kNone, kPalette, kHelp, kOpenModel, kOpenText, kTypeText, kExport, kOpenCapture, kPickFile, kRoom };

struct Frame;
// What the path of a FileWish is for: a file that is there, one to be written, a folder.
enum class PickPurpose { kOpen, kSave, kFolder };
// A file that a panel asks for, with Dialog::kPickFile.
struct FileWish {
    std::string title, hint;
    std::vector<std::string> extensions;  // ".safetensors"; empty: every file
    std::string now;                      // the present one, beside which the dialog starts
    std::function<void(const Frame&, const std::string& path)> picked;
    bool models = false;  // a folder that is a model is picked, not entered
    PickPurpose purpose = PickPurpose::kOpen;
};

// Requests of panels and actions that the shell fulfils after the frame.
struct Requests {
    Dialog dialog = Dialog::kNone;
    FileWish file;               // of kPickFile
    Hover hover;                 // of this frame, shown in the next
    std::string exported;        // path of a capture that is being written
    std::string notice;          // a short line to show, not an error
    bool another_frame = false;  // something is still being worked on
    bool quit = false;
    std::optional<SpectraRequest> spectra;  // to be measured beside those that are there (spectra_wishes.h)
};

struct Frame {
    const Snapshot& snapshot;
    const RunResult* run = nullptr;  // what is shown: the capture while one is open, else the run; may be missing
    const Derived& derived;
    const TriedGates& tried;
    ViewState& view;
    Engine& engine;
    const Theme& theme;
    Textures& textures;
    Requests& requests;

    void send(Command command) const { engine.send(std::move(command)); }
    float px(float units) const { return theme.px(units); }
    // The map of the head shown last: the capture's while one is open, else the run's; may be missing.
    const std::shared_ptr<const PatternMatrix>& pattern() const {
        return snapshot.capture ? snapshot.capture_pattern : snapshot.pattern;
    }
};

}  // namespace gatescope
