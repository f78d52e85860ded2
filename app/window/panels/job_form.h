#pragma once
// A form that starts a background job: its fields, at rest while the job runs, and at the foot why it can't be started,
// its button, or how far it is.

#include <functional>
#include <string>

#include "app/window/frame.h"

namespace gatescope {

struct JobForm {
    std::string kind;               // of the job
    std::string why_not;            // why it can't be started, in one line; empty: it can
    std::string start, start_help;  // the button: label and what it does
    float start_width = 0;          // 0: as wide as its label
    std::string stop_help;
    std::string progress;  // "7 of 150 points"; empty: as the job says
    std::string command;   // the same as a command line; empty: there is none
};

// In all of the room from the cursor on. True when the user starts it.
bool draw_job_form(Frame& frame, const JobForm& form, const std::function<void()>& fields);

// "[Stop] 7 of 150 points, 3 min left": of a job under way.
void draw_job_progress(Frame& frame, const JobStatus& job, const std::string& stop_help, const std::string& words = {});

}  // namespace gatescope
