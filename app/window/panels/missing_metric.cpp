#include "app/window/panels/missing_metric.h"

#include "analysis/abilities.h"
#include "analysis/spectra/spectra_metrics.h"
#include "app/window/panels/missing_spectra.h"
#include "app/window/panels/waiting.h"
#include "app/window/selection.h"
#include "app/window/widgets/panel_frame.h"

namespace gatescope {

void draw_missing_metric(Frame& frame, const MetricInfo& metric, const std::string& what) {
    const bool measured = frame.run != nullptr && frame.run->concentration.has_value();
    if (metric.of_spectra) {
        draw_missing_spectra(frame, metric.label, with_metric({}, metric.id));
    } else if (measured && metric.on_demand && frame.snapshot.capture == nullptr) {
        if (empty_panel(frame.theme, metric.label + " needs a pass over a repeated random sequence.", "Measure it"))
            frame.send(MeasureInduction{});
    } else if (measured && metric.of_map) {
        empty_panel(frame.theme, metric.label + " comes from a sensitivity map: start one in the layout Runs.");
    } else if (const std::string none = inability(frame, why_no_gates); metric.of_gate && !none.empty()) {
        empty_panel(frame.theme, metric.label + " compares a gate with the oracle, and " + none + ".");
    } else if (measured && metric.of_gate) {
        empty_panel(frame.theme,
                    metric.label + " compares a gate with the oracle: choose a gate A that keeps a set of keys.");
    } else {
        draw_waiting(frame, what);
    }
}

}  // namespace gatescope
