#include <string>

#include "base/text.h"
#include "review/columns.h"
#include "review/fixes.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  for (const catalog::OtherObject& other : look.catalog.others) {
    if (other.kind != catalog::Kind::user_mapping) continue;
    if (!contains_word(lower(other.name), "public")) continue;
    // Names of the form "FOR PUBLIC SERVER name": another role may be called "public server".
    if (lower(other.name).find("for public ") == std::string::npos) continue;
    verdict.find({"user mapping", other.name},
                 "every role reaches the foreign server with the same login and its password; map "
                 "the roles that need it",
                 {{"mapping", other.name}});
  }
}

}  // namespace

extern const Rule user_mapping_for_public;
const Rule user_mapping_for_public = {
    .name = "user-mapping-for-public",
    .area = Area::security,
    .summary = "Everybody reaches a foreign server with the same login",
    .serves = {},
    .check = check};

}  // namespace architrave::review::rules
