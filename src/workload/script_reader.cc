#include "workload/script_reader.h"

#include "base/text.h"
#include "sql/script.h"

namespace architrave::workload {

void read_script(std::string_view script, QueryTable& table, Workload& workload) {
  const std::string text = sql::substitute_variables(script);
  std::int64_t commands = 0;
  for (const sql::ScriptItem& item : sql::split_script(text)) {
    if (item.kind == sql::ScriptItem::Kind::meta_command) ++commands;
    if (item.kind != sql::ScriptItem::Kind::statement) continue;
    table.count(table.look_up(item.text), {.text = item.text});
  }
  if (commands > 0)
    workload.notes.push_back(plural(commands, "command") + " of psql were left out");
}

}  // namespace architrave::workload
