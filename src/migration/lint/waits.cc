#include "migration/lint/waits.h"

#include "base/text.h"

namespace architrave::migration::lint {

namespace {

// The lock of the statement that makes writers or readers of a table in use wait, if it takes one.
const Effect* dangerous(const Statement& statement) {
  const Effect* worst = nullptr;
  for (const Effect& each : statement.effects.relations)
    if (each.lock >= Lock::share && statement.state.in_use(each.relation) &&
        (worst == nullptr || each.lock > worst->lock))
      worst = &each;
  return worst;
}

}  // namespace

void missing(const Statement& statement, Finder& finder, Watched which, const std::string& why,
             const char* instead) {
  const Effect* lock = dangerous(statement);
  // A timeout of 0 is another rule's.
  if (lock == nullptr || statement.state.settings[which].now().set ||
      statement.state.timeout_reported[which])
    return;
  finder.find(std::string(to_string(lock->lock)) + " on " + quoted(lock->relation) + why, instead,
              lock->relation);
}

void too_long(const Statement& statement, Finder& finder, Watched which, std::int64_t longest,
              const std::string& zero, const std::string& other, const char* instead) {
  const Setting::Value& now = statement.state.settings[which].now();
  if (!now.milliseconds || (*now.milliseconds > 0 && *now.milliseconds <= longest)) return;
  const Effect* lock = dangerous(statement);
  if (lock == nullptr) return;
  const std::string of = std::string(to_string(lock->lock)) + " on " + quoted(lock->relation);
  const std::string set = "(line " + std::to_string(now.line) + ")";
  finder.find(*now.milliseconds == 0
                  ? of + " is asked for with " + zero + ' ' + set
                  : of + " is asked for with " + other + " of " +
                        human_seconds(static_cast<double>(*now.milliseconds) / 1000) + ' ' + set,
              instead, lock->relation);
}

}  // namespace architrave::migration::lint
