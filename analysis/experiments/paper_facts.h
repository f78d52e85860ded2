#pragma once
// What "Routing absorption in sparse attention" (Aquino-Michaels, arXiv 2603.02227) says, as far as we could read it,
// and what we chose where it doesn't say, or where we could not read it. The one place for the paper's numbers. No
// torch.

#include <limits>
#include <string>

namespace gatescope {

// A number of the paper's.
struct PaperFact {
    std::string printed;  // as it stands there: "48.73 ± 0.60 (3 seeds)"; empty: not in what we could read
    double value = std::numeric_limits<double>::quiet_NaN();
    std::string setting;  // model, text and steps
};

// Perplexities but where another unit is named.
struct PaperFacts {
    PaperFact dense;    // the 31M model's own
    PaperFact nothing;  // no such number
    // Figure 1: share of attention mass on the 64 largest of 512 keys, %.
    PaperFact mass_mean, mass_least, mass_most;
    // Soft gates from scratch; differences and shares follow from the printed means.
    PaperFact soft_learned, soft_random, soft_learned_less_random, soft_random_less_dense, soft_closed;
    PaperFact hard_gradient;  // norm
    // A gate distilled onto Q/K/V and deployed, k = 64.
    PaperFact onto_co_adapted, onto_agnostic, onto_co_adapted_f1;
    PaperFact onto_difference, onto_excess;  // of the two; in nats, each less its model's own perplexity
    PaperFact stochastic_dense, stochastic_less_dense, stochastic_ratio;
    // Figure 2: gate-only training on the frozen 31M model; one layer of Qwen3-1.7B that adapts.
    PaperFact post_hoc_first, post_hoc_last, post_hoc_lead, post_hoc_lead_nats, post_hoc_closed;
    PaperFact one_layer_learned, one_layer_random, one_layer_none, one_layer_lead, one_layer_lead_nats, one_layer_cost;
    // Figure 3: random less learned with no layer and with 29 % of them unfrozen; the learned gate's perplexity.
    PaperFact gap_frozen, gap_unfrozen, gap_gone, gap_gone_nats, gap_left, gradient_learned;
    // Figure 4, Qwen3-1.7B: at 87.5 % sparsity, the oracle's k = 64; share of the random-oracle gap closed at 31M, %.
    PaperFact large_dense, large_oracle, large_kl, large_bce, large_kl_less_oracle, large_bce_less_kl, gap_closed;
};
const PaperFacts& paper_facts();

// One line each, for people.
struct OurChoices {
    std::string soft_gate, random_gate, kl_loss, bce_loss, f1, optimiser, random_masks, unfrozen_layers, held_out;
};
const OurChoices& our_choices();

}  // namespace gatescope
