#include "sql/fingerprint.h"

#include <pg_query.h>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace architrave::sql {

Result<std::string> parse_tree(std::string_view text) {
  const std::string copy(text);
  const PgQueryParseResult parsed = pg_query_parse(copy.c_str());
  Result<std::string> tree = parsed.error == nullptr ? Result<std::string>(parsed.parse_tree)
                                                     : fail("sql.syntax", parsed.error->message);
  pg_query_free_parse_result(parsed);
  return tree;
}

Result<std::string> fingerprint_of(std::string_view text) {
  const std::string copy(text);
  const PgQueryFingerprintResult result = pg_query_fingerprint(copy.c_str());
  Result<std::string> fingerprint = result.error == nullptr
                                        ? Result<std::string>(result.fingerprint_str)
                                        : fail("sql.syntax", result.error->message);
  pg_query_free_fingerprint_result(result);
  return fingerprint;
}

namespace {

std::string normalize(const std::string& text) {
  const PgQueryNormalizeResult result = pg_query_normalize(text.c_str());
  std::string normalized = result.error == nullptr ? result.normalized_query : text;
  pg_query_free_normalize_result(result);
  return normalized;
}

}  // namespace

Result<std::vector<Fingerprinted>> fingerprint(std::string_view text) {
  Result<std::string> tree = parse_tree(text);
  if (!tree) return fail(tree);
  // Of {"stmts": [{"stmt": {"SelectStmt": {…}}, "stmt_len": …}, …]} what is in a statement does not
  // matter: it is passed over, which takes half the time.
  constexpr int of_node = 4;
  using Event = nlohmann::json::parse_event_t;
  std::vector<std::string> nodes;
  const nlohmann::json json = nlohmann::json::parse(
      *tree,
      [&](int depth, Event event, const nlohmann::json& value) {
        if (event == Event::key && depth == of_node) nodes.push_back(value.get<std::string>());
        return event != Event::object_start || depth < of_node;
      },
      false);
  std::vector<Fingerprinted> all;
  if (json.is_discarded()) return fail("sql.syntax", "the parse tree is not JSON");
  std::size_t number = 0;
  for (const nlohmann::json& each : json.value("stmts", nlohmann::json::array())) {
    if (!each.contains("stmt") || number >= nodes.size()) continue;
    const auto begin = std::min(each.value("stmt_location", std::size_t{0}), text.size());
    const std::size_t length = each.value("stmt_len", std::size_t{0});
    Fingerprinted one;
    one.node = std::move(nodes[number++]);
    one.text = trim(text.substr(begin, length == 0 ? std::string_view::npos : length));
    Result<std::string> print = fingerprint_of(one.text);
    if (!print) return fail(print);
    one.fingerprint = std::move(*print);
    one.normalized = normalize(std::string(one.text));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace architrave::sql
