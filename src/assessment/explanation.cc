#include "assessment/explanation.h"

#include <algorithm>
#include <array>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/version.h"
#include "plan/pasted.h"
#include "sql/script.h"

namespace architrave::assessment {

namespace {

struct Query {
  std::string name;
  std::string text;
};

std::string shown(const std::string& file) { return file == "-" ? "standard input" : file; }

Result<std::vector<Query>> read_queries(const std::string& file) {
  Result<std::string> text = read_file(file);
  if (!text) return fail(text);
  std::vector<Query> queries;
  for (const sql::ScriptItem& item : sql::split_script(*text))
    if (item.kind == sql::ScriptItem::Kind::statement)
      queries.push_back({shown(file) + ':' + std::to_string(item.line), std::string(item.text)});
  if (queries.empty())
    return fail("explain.queries", "there is no query in it", shown(file),
                "give a file with a SELECT, or several that end with semicolons");
  return queries;
}

std::vector<std::string> texts(const std::vector<Query>& queries) {
  std::vector<std::string> list;
  for (const Query& each : queries) list.push_back(each.text);
  return list;
}

// Statements, not the name of a file: --compare takes both.
Result<std::vector<std::string>> indexes_of(const std::string& compare) {
  std::vector<std::string> list;
  const std::string folded = lower(trim(compare));
  const std::string_view word = std::string_view(folded).substr(0, folded.find(' '));
  static constexpr std::array<std::string_view, 9> statements = {
      "create", "drop", "alter", "select", "with", "set", "analyze", "vacuum", "reindex"};
  const bool is_sql =
      word.size() < folded.size() && std::ranges::find(statements, word) != statements.end();
  if (!is_sql) return list;
  for (const sql::ScriptItem& item : sql::split_script(compare)) {
    const std::string text = lower(item.text);
    if (!text.starts_with("create index") && !text.starts_with("create unique index"))
      return fail("explain.compare",
                  "only CREATE INDEX can be compared: " + std::string(item.text.substr(0, 100)), {},
                  "to compare with another query, write that to a file and give its name");
    list.emplace_back(item.text);
  }
  return list;
}

report::ExplainedPlan judged(Result<plan::Plan>& plan, const plan::Known& known,
                             std::string title) {
  report::ExplainedPlan out{.title = std::move(title)};
  if (plan) {
    out.remarks = plan::diagnose(*plan, known);
    out.plan = std::move(*plan);
  } else {
    const Error& error = plan.error();
    out.error = error.message + (error.where.empty() ? "" : " (" + error.where + ")");
  }
  return out;
}

report::Explanation begin() {
  return {.tool_version = std::string(version()), .generated_at = report_time()};
}

}  // namespace

Result<report::Explanation> explain(const std::string& source, const std::string& file,
                                    const ExplainOptions& options) {
  Result<std::vector<Query>> queries = read_queries(file);
  if (!queries) return fail(queries);
  engine::ExplainRequest request{.queries = texts(*queries),
                                 .analyze = options.analyze,
                                 .compares = !options.compare.empty(),
                                 .open = options.open};
  auto indexes = indexes_of(options.compare);
  if (!indexes) return fail(indexes);
  request.indexes = std::move(*indexes);
  std::vector<Query> others;
  if (!options.compare.empty() && request.indexes.empty()) {
    Result<std::vector<Query>> read = read_queries(options.compare);
    if (!read) return fail(read);
    others = std::move(*read);
    if (others.size() != queries->size())
      return fail("explain.queries",
                  plural(std::ssize(*queries), "query", "queries") + " cannot be compared with " +
                      std::to_string(others.size()),
                  options.compare, "the two files must hold the same number, in the same order");
    for (const Query& each : others) request.queries.push_back(each.text);
  }
  Result<engine::Explained> explained = engine::explain(source, request);
  if (!explained) return fail(explained);

  report::Explanation out = begin();
  const engine::SourceInfo& info = explained->source;
  out.source = {info.kind, info.engine, info.server_version, info.name};
  out.how = std::move(explained->how);
  out.notes = std::move(explained->notes);
  for (const engine::LoadProblem& each : explained->problems)
    out.problems.push_back({each.file, each.line, each.statement, each.message, each.hint});
  const plan::Known known = std::move(explained->known);
  const bool compares = !options.compare.empty();
  for (std::size_t i = 0; i < queries->size(); ++i) {
    engine::ExplainedQuery& answer = explained->queries[i];
    report::ExplainedQuery query{.name = (*queries)[i].name, .query = (*queries)[i].text};
    query.notes = std::move(answer.notes);
    query.plan = judged(answer.plan, known, compares ? "as it is" : "");
    if (answer.with_indexes)
      query.other = judged(*answer.with_indexes, known, "with " + join(request.indexes, "; "));
    if (!others.empty())
      query.other = judged(explained->queries[queries->size() + i].plan, known, others[i].name);
    out.queries.push_back(std::move(query));
  }
  return out;
}

Result<report::Explanation> explain_plan(const std::string& file) {
  // A source alone; it is not said again, since it may hold a password.
  if (file.find("://") != std::string::npos)
    return fail("explain.queries", "there is no query to explain", {},
                "give a file of queries as well: architrave explain SOURCE query.sql");
  Result<std::string> text = read_file(file);
  if (!text) return fail(text);
  Result<plan::Plan> plan = plan::read_pasted(*text);
  if (!plan) {
    Error error = std::move(plan.error());
    error.where = shown(file);
    if (error.hint.empty())
      error.hint =
          "give what EXPLAIN or auto_explain printed; for a file of queries give the database as "
          "well: architrave explain SOURCE query.sql";
    return std::unexpected(std::move(error));
  }
  report::Explanation out = begin();
  out.how = "a plan that was recorded elsewhere";
  report::ExplainedQuery query{.name = shown(file), .query = plan->query};
  query.plan = judged(plan, {}, "");
  out.queries.push_back(std::move(query));
  return out;
}

}  // namespace architrave::assessment
