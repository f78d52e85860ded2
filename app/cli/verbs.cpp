#include "app/cli/verb.h"

namespace gatescope {

const std::vector<Verb>& verbs() {
    // One a line: neighbours add theirs.
    static const std::vector<Verb> all = {
        info_verb(),         //
        tokenize_verb(),     //
        logits_verb(),       //
        capture_verb(),      //
        perplexity_verb(),   //
        sweep_verb(),        //
        sensitivity_verb(),  //
        distill_verb(),      //
        train_verb(),        //
        experiment_verb(),   //
        spectra_verb(),      //
        components_verb(),   //
        figure_verb(),       //
        merge_verb(),        //
        gates_verb(),        //
        bench_verb(),        //
    };
    return all;
}

}  // namespace gatescope
