// The proposals that several instruments make.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proposal/proposal.h"

namespace architrave {

// A proposal that changes nothing but definitions: no lock, no effort and no risk until said.
Proposal propose(std::string_view kind, std::string title, std::string_view why,
                 std::vector<std::string> up, std::vector<std::string> down);

// ALTER SYSTEM, which takes effect when the configuration is loaded again; `restart` says that
// this setting waits for the server's next start. `before`: the value that is set now and that
// `down` sets again; empty where nothing is set, so that resetting is the way back.
Proposal set_setting(std::string_view name, std::string_view value, std::string_view why,
                     bool restart = false, std::string_view before = {});

// An option of a table, which vacuum reads or new pages follow: nothing is rewritten. `table` is
// qualified and quoted; `before` as above.
Proposal set_table_option(std::string_view table, std::string_view option, std::string_view value,
                          std::string title, std::string_view why, std::string_view before = {});

}  // namespace architrave
