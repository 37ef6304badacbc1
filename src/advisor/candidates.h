// Which indexes might help a workload: of every query those on the columns that it compares, joins,
// groups, orders by and returns, in every order that can matter.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "sql/query_facts.h"

namespace architrave::advisor {

// A table below a partitioned one, partitioned itself or not.
struct CandidatePart {
  const catalog::Relation* table = nullptr;
  const catalog::Index* there = nullptr;  // its own of that shape: it need only be attached
  std::string name;                       // of the index that it gets; empty like the whole's
};

struct Candidate {
  const catalog::Relation* table = nullptr;
  catalog::Index index;              // without a name
  std::vector<CandidatePart> parts;  // of a partitioned table, each before what is below itself
  std::vector<std::size_t> queries;  // that it was thought of for, or that might use it as well
  // Of each of `queries` what a plan can make of it: two of one table with the same text differ in
  // nothing but their size.
  std::vector<std::string> uses;
  std::int64_t bytes = 0;
  double maintenance = 0;  // the planner's units, for all writes of the workload
};

struct CandidateOptions {
  int max_width = 3;  // key columns
  std::size_t most_per_query = 200;
  int server_version = 150000;
};

// The tables that get an index which holds rows: the table itself, or partitions.
std::vector<const catalog::Relation*> places(const Candidate& candidate);

// `facts` are of the queries, in order. Candidates equal to an index that exists, or to the
// leading part of one, are left out; so are those on views, system tables, foreign tables and what
// has these for partitions. One on a partitioned table is one, however many partitions there are.
std::vector<Candidate> find_candidates(const catalog::Catalog& catalog,
                                       const std::vector<sql::QueryFacts>& facts,
                                       const CandidateOptions& options);

// Of more than two keys: there are many such, and few that bring more than the others.
bool is_wide(const catalog::Index& index);
// Whether the keys of one begin with all keys of the other, in the same order.
bool begins_with(const catalog::Index& index, const catalog::Index& shorter);
// Inverted indexes (GIN) for what no B-tree answers: containment in jsonb and arrays, full text,
// and patterns where the extension pg_trgm is installed. One for each table and column.
std::vector<Candidate> find_inverted_candidates(const catalog::Catalog& catalog,
                                                const std::vector<sql::QueryFacts>& facts,
                                                int server_version);

// "btree (a, b DESC) INCLUDE (c) WHERE d": what it is, without its name and table.
std::string describe(const catalog::Index& index);
// CREATE INDEX [CONCURRENTLY] [name] ON [ONLY] table …
std::string create_statement(const catalog::Relation& table, const catalog::Index& index,
                             bool concurrently, bool only = false);

}  // namespace architrave::advisor
