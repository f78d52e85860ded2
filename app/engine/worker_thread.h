#pragma once
// How the engine's threads share the machine with the window's. No torch.

namespace gatescope {

// Threads for torch: all cores but one, which is the window's; both of two, where one would halve the speed.
int engine_threads();

// Lets the window's thread win where both want a core. Threads that the caller starts (OpenMP's) inherit it.
void yield_to_the_window() noexcept;

}  // namespace gatescope
