#include "advisor/index_proposals.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "catalog/object.h"

namespace architrave::advisor {

namespace {

using catalog::Index;
using catalog::qualified;
using catalog::quote_literal;
using catalog::Relation;
using catalog::RelationKind;

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

// A name that no relation of the schema has, and none of `taken`, which it joins.
std::string free_name(const catalog::Catalog& catalog, const Relation& table, const Index& index,
                      std::set<std::string>& taken) {
  std::string base = table.name;
  for (const catalog::IndexKey& key : index.keys)
    base += "_" + (key.column.empty() ? letters_of(key.expression) : key.column);
  if (!index.predicate.empty()) base += "_partial";
  const auto is_taken = [&](const std::string& name) {
    if (taken.contains(table.schema + "." + name)) return true;
    if (catalog.relation(table.schema, name) != nullptr) return true;
    return std::ranges::any_of(catalog.relations, [&](const Relation& relation) {
      return relation.schema == table.schema &&
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
    taken.insert(table.schema + "." + name);
    return name;
  }
}

// What makes an index again that somebody else has made.
std::vector<std::string> recreate(const Relation& table, const Index& index) {
  const std::string name = qualified(table.schema, index.name);
  std::vector<std::string> statements = {with_concurrently(index.definition)};
  for (std::size_t i = 0; i < index.keys.size(); ++i)
    if (index.keys[i].statistics_target)
      statements.push_back("ALTER INDEX " + name + " ALTER COLUMN " + std::to_string(i + 1) +
                           " SET STATISTICS " + std::to_string(*index.keys[i].statistics_target));
  if (index.clustered)
    statements.push_back("ALTER TABLE " + qualified(table.schema, table.name) + " CLUSTER ON " +
                         catalog::quote_identifier(index.name));
  if (!index.comment.empty())
    statements.push_back("COMMENT ON INDEX " + name + " IS " + quote_literal(index.comment));
  return statements;
}

// The indexes below a partitioned table's, and that they become parts of it.
void make_parts(const Candidate& candidate, Proposal& proposal) {
  std::map<catalog::ObjectName, std::string> names = {
      {candidate.table->object_name(), qualified(candidate.table->schema, candidate.index.name)}};
  for (const CandidatePart& part : candidate.parts) {
    const bool partitioned = part.table->kind == RelationKind::partitioned_table;
    Index index = candidate.index;
    index.name = part.name;
    const std::string name = names[part.table->object_name()] =
        qualified(part.table->schema, part.name);
    if (part.there == nullptr)
      proposal.up.push_back(create_statement(*part.table, index, !partitioned, partitioned));
    else
      std::ranges::move(recreate(*part.table, *part.there), std::back_inserter(proposal.down));
    proposal.up.push_back("ALTER INDEX " + names.at(part.table->parents.front()) +
                          " ATTACH PARTITION " + name);
  }
}

}  // namespace

void name_index(const catalog::Catalog& catalog, Candidate& candidate,
                std::set<std::string>& taken) {
  candidate.index.name = free_name(catalog, *candidate.table, candidate.index, taken);
  for (CandidatePart& part : candidate.parts)
    part.name = part.there != nullptr ? part.there->name
                                      : free_name(catalog, *part.table, candidate.index, taken);
}

Proposal create_index_proposal(const Candidate& candidate, const std::string& comment,
                               std::string why) {
  const Relation& table = *candidate.table;
  const bool partitioned = table.kind == RelationKind::partitioned_table;
  const std::string name = qualified(table.schema, candidate.index.name);
  Proposal proposal;
  proposal.kind = "create_index";
  proposal.title = "Index " + qualified(table.schema, table.name) + " " + describe(candidate.index);
  proposal.why = std::move(why);
  proposal.up = {create_statement(table, candidate.index, !partitioned, partitioned)};
  proposal.down = {(partitioned ? "DROP INDEX " : "DROP INDEX CONCURRENTLY ") + name};
  make_parts(candidate, proposal);
  proposal.up.push_back("COMMENT ON INDEX " + name + " IS " + quote_literal(comment));
  proposal.transactional = false;
  proposal.impact.lock = partitioned ? Lock::share : Lock::share_update_exclusive;
  if (partitioned) proposal.impact.blocks = "writes, for a moment";  // it has no rows itself
  proposal.impact.bytes = candidate.bytes;
  for (const Relation* each : places(candidate))
    if (each->stats)
      proposal.impact.seconds_estimate = proposal.impact.seconds_estimate.value_or(0) +
                                         static_cast<double>(each->stats->bytes) / build_rate;
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
  proposal.down = recreate(table, index);
  proposal.transactional = false;
  proposal.impact.lock = Lock::share_update_exclusive;
  if (index.stats) proposal.impact.bytes = -index.stats->bytes;
  proposal.risk = 2;
  proposal.id = proposal_id(proposal);
  return proposal;
}

}  // namespace architrave::advisor
