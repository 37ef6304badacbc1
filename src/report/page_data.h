// What the HTML page embeds: the object of to_json, and with it the schema and the chapters.
#pragma once

#include <string>

#include "report/report.h"

namespace architrave::report {

// One line of JSON: the object of to_json (docs/report.schema.json), and
//   command   "assess" or "review"
//   schema    { clusters: [{name, tables: [index of a table]}],
//               tables: [{id, schema, name, kind, comment, rows, bytes, cluster,
//                         columns: [{name, type, pk, fk, not_null, comment}]}],
//               relations: [{name, from, to, columns, references, not_null, unique}] }
//             where `id` is the name that findings use, `from` (the child) and `to` are indexes of
//             tables, and rows and bytes are null where they are not known
//   chapters  [{id, title, sections: [{id, title, areas, not_known, draws,
//               facts: [{name, value, unit}],
//               tables: [{title, columns: [{name, unit}], rows: [[value]]}]}]}]; see chapters.h
// It is valid UTF-8. `<` is not escaped here: whoever puts it into a page does that.
std::string to_page_data(const Report& report);

}  // namespace architrave::report
