#include "advisor/index_proposals.h"

#include <algorithm>

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using catalog::qualified;
using catalog::quote_literal;

// Bytes of its table that building an index gets through in a second: one process on an ordinary
// network disk.
constexpr double build_rate = 30e6;
constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1

std::string with_concurrently(const std::string& definition) {
  std::string text = definition;
  const auto at = text.find(" INDEX ");
  return at == std::string::npos ? text : text.insert(at + 7, "CONCURRENTLY ");
}

std::string letters_of(const std::string& text) {
  std::string out;
  for (const char c : lower(text)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

}  // namespace

std::string index_name(const catalog::Catalog& catalog, const Candidate& candidate,
                       std::set<std::string>& taken) {
  std::string base = candidate.table->name;
  for (const catalog::IndexKey& key : candidate.index.keys)
    base += "_" + (key.column.empty() ? letters_of(key.expression) : key.column);
  if (!candidate.index.predicate.empty()) base += "_partial";
  const auto is_taken = [&](const std::string& name) {
    if (taken.contains(candidate.table->schema + "." + name)) return true;
    if (catalog.relation(candidate.table->schema, name) != nullptr) return true;
    return std::ranges::any_of(catalog.relations, [&](const catalog::Relation& relation) {
      return relation.schema == candidate.table->schema &&
             std::ranges::find(relation.indexes, name, &catalog::Index::name) !=
                 relation.indexes.end();
    });
  };
  for (int number = 1;; ++number) {
    const std::string ending = (number > 1 ? std::to_string(number) : "") + std::string("_idx");
    std::string name = base.substr(0, longest_name - ending.size());
    while (!name.empty() && (static_cast<unsigned char>(name.back()) & 0xC0) == 0x80)
      name.pop_back();
    name += (number > 1 ? "_" : "") + ending;
    if (name.size() > longest_name) name.erase(0, name.size() - longest_name);
    if (is_taken(name)) continue;
    taken.insert(candidate.table->schema + "." + name);
    return name;
  }
}

Proposal create_index_proposal(const Candidate& candidate, const std::string& comment,
                               std::string why) {
  const catalog::Relation& table = *candidate.table;
  const bool partitioned = table.kind == catalog::RelationKind::partitioned_table;
  const std::string name = qualified(table.schema, candidate.index.name);
  Proposal proposal;
  proposal.kind = "create_index";
  proposal.title = "Index " + qualified(table.schema, table.name) + " " + describe(candidate.index);
  proposal.why = std::move(why);
  proposal.up = {create_statement(table, candidate.index, !partitioned),
                 "COMMENT ON INDEX " + name + " IS " + quote_literal(comment)};
  proposal.down = {(partitioned ? "DROP INDEX " : "DROP INDEX CONCURRENTLY ") + name};
  proposal.transactional = partitioned;
  proposal.impact.lock = partitioned ? Lock::share : Lock::share_update_exclusive;
  proposal.impact.bytes = candidate.bytes;
  if (table.stats)
    proposal.impact.seconds_estimate = static_cast<double>(table.stats->bytes) / build_rate;
  proposal.effort = partitioned ? 2 : 1;
  proposal.risk = partitioned ? 2 : 1;
  proposal.id = proposal_id(proposal);
  return proposal;
}

Proposal drop_index_proposal(const catalog::Relation& table, const catalog::Index& index,
                             std::string why) {
  const std::string name = qualified(table.schema, index.name);
  Proposal proposal;
  proposal.kind = "drop_index";
  proposal.title = "Drop " + name;
  proposal.why = std::move(why);
  proposal.up = {"DROP INDEX CONCURRENTLY " + name};
  proposal.down = {with_concurrently(index.definition)};
  for (std::size_t i = 0; i < index.keys.size(); ++i)
    if (index.keys[i].statistics_target)
      proposal.down.push_back("ALTER INDEX " + name + " ALTER COLUMN " + std::to_string(i + 1) +
                              " SET STATISTICS " +
                              std::to_string(*index.keys[i].statistics_target));
  if (!index.comment.empty())
    proposal.down.push_back("COMMENT ON INDEX " + name + " IS " + quote_literal(index.comment));
  proposal.transactional = false;
  proposal.impact.lock = Lock::share_update_exclusive;
  if (index.stats) proposal.impact.bytes = -index.stats->bytes;
  proposal.risk = 2;
  proposal.id = proposal_id(proposal);
  return proposal;
}

}  // namespace architrave::advisor
