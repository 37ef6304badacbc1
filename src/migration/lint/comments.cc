#include "migration/lint/comments.h"

#include "base/text.h"

namespace architrave::migration::lint {

namespace {

// "rule, rule: why"
void ignores(std::string_view list, bool whole_file, std::size_t offset, Directives& directives) {
  list = list.substr(0, list.find(':'));
  for (const std::string& each : split(list, ',')) {
    std::string_view rule = trim(each);
    rule = rule.substr(0, rule.find(' '));
    if (!rule.empty())
      directives.ignores.push_back({.rule = std::string(rule),
                                    .whole_file = whole_file,
                                    .offset = offset,
                                    .expected = false});
  }
}

bool after(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

void line(std::string_view comment, std::size_t offset, Directives& directives) {
  std::string_view text = comment;
  if (after(text, "architrave:")) {
    if (after(text, "ignore-file")) return ignores(text, true, offset, directives);
    if (after(text, "ignore")) return ignores(text, false, offset, directives);
    // What migrate plan writes, and migrate up runs in batches.
    if (text.starts_with("backfill"))
      directives.ignores.push_back(
          {.rule = "opaque-dynamic-sql", .whole_file = false, .offset = offset, .expected = true});
    if (after(text, "transaction")) directives.transaction = trim(text) != "none";
    return;
  }
  static constexpr std::string_view none[] = {"+goose NO TRANSACTION",
                                              "atlas:txmode none",
                                              "no-transaction",
                                              "disable-transaction",
                                              "flyway:executeInTransaction=false",
                                              "x-no-tx-wrap"};
  for (const std::string_view each : none)
    if (comment == each) directives.transaction = false;
  if (comment.starts_with("migrate:up")) directives.transaction = !comment.ends_with(":false");
  if (comment.ends_with(".sql") && comment.find(' ') == std::string_view::npos)
    directives.begins_migration = true;
}

}  // namespace

void read_comments(std::string_view text, Directives& directives) {
  for (std::size_t at = text.find("--"); at != std::string_view::npos; at = text.find("--", at)) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    line(trim(text.substr(at + 2, end - at - 2)), at, directives);
    at = end;
  }
}

}  // namespace architrave::migration::lint
