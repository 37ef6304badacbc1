#include <string>
#include <utility>

#include "review/columns.h"
#include "review/server_settings.h"

namespace architrave::review::rules {

namespace {

void check(const Look& look, Verdict& verdict) {
  if (!is_live(look, verdict)) return;
  const std::optional<std::string> method = raw_setting(look.catalog, "password_encryption");
  if (!method || (*method != "md5" && *method != "on")) return;
  Proposal fix = set_setting("password_encryption", "scram-sha-256",
                             "Passwords that are set from then on are kept as SCRAM verifiers; "
                             "those that are there have to be set again. Old client libraries "
                             "may have to be updated first.");
  fix.effort = 2;
  fix.risk = 2;
  verdict.find(about_setting("password_encryption"),
               "new passwords are kept as MD5 hashes, which are as good as the password itself to "
               "whoever steals them",
               {{"password_encryption", *method}}, std::move(fix));
}

}  // namespace

extern const Rule password_md5;
const Rule password_md5 = {.name = "password-md5",
                           .area = Area::security,
                           .summary = "Passwords are kept as MD5 hashes",
                           .serves = {"SEC-3"},
                           .check = check};

}  // namespace architrave::review::rules
