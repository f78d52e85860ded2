#include "model/tokenizer/metaspace_options.h"

#include "model/tokenizer/utf8.h"

namespace gatescope {

MetaspaceOptions read_metaspace(const StageJson& stage) {
    MetaspaceOptions options;
    options.replacement = stage.string("replacement");
    if (options.replacement.empty() || utf8_step(options.replacement, 0).length != options.replacement.size())
        stage.bad("replacement", "is not one character");
    const std::string scheme = stage.optional_string("prepend_scheme").value_or("always");
    if (scheme == "first")
        options.prepend = PrependScheme::kFirst;
    else if (scheme == "never")
        options.prepend = PrependScheme::kNever;
    else if (scheme != "always")
        stage.bad("prepend_scheme", "is \"" + scheme + "\"; allowed: always, first, never");
    // Files from before prepend_scheme say it this way.
    if (!stage.flag("add_prefix_space", true)) options.prepend = PrependScheme::kNever;
    options.split = stage.flag("split", true);
    return options;
}

}  // namespace gatescope
