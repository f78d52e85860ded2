#pragma once
// Names of the user's as names of groups.

#include <set>
#include <string>

namespace gatescope {

// '/' becomes '!'; a name of dots alone (HDF5's own) becomes "unnamed"; one that is taken is numbered: "gpt2 (2)". What
// comes out is taken then.
std::string group_name(const std::string& name, std::set<std::string>& taken);

}  // namespace gatescope
