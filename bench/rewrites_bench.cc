// What rewrites make of queries, each by itself and before any proof has had a say, and whether
// both forms return the same: over the rows that the schema's script makes, and over made-up ones.
//
//   rewrites_bench SCHEMA.sql QUERIES.sql [DATA_SETS] [VERSION]
//
// Exit code 1 if a rewrite returned something else, or was not taken by the server.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

#include "advisor/rewrites/rewrites.h"
#include "base/file.h"
#include "base/text.h"
#include "engine/postgres/sandbox.h"
#include "sql/script.h"

namespace {

using namespace architrave;

int run(const char* schema_file, const char* query_file, int data_sets, int version) {
  const auto schema = read_file(schema_file);
  const auto queries = read_file(query_file);
  auto installation = postgres::choose_installation(version);
  if (!schema || !queries || !installation) return 2;
  auto sandbox = postgres::make_empty_sandbox(*installation);
  if (!sandbox) return 2;
  if (const Status loaded = (*sandbox)->connection().execute(*schema); !loaded) {
    std::cerr << describe(loaded.error()) << '\n';
    return 2;
  }
  const auto catalog = (*sandbox)->read();
  if (!catalog) return 2;
  const catalog::Lookup lookup(*catalog);
  int rewritten = 0;
  int wrong = 0;
  int untried = 0;
  const auto statements = sql::split_script(*queries);
  for (const auto& statement : statements) {
    const std::string query(trim(statement.text));
    auto found = advisor::find_rewrites(*catalog, lookup, query);
    std::cout << "Q " << query << '\n';
    if (found.empty())
      if (const auto why = advisor::why_left_alone(*catalog, lookup, query); !why.empty())
        std::cout << "   left alone: " << why << '\n';
    for (const bool own : {true, false}) {
      auto tried = found;
      const Status proved =
          advisor::prove_rewrites(tried, *catalog, lookup, **sandbox, nullptr,
                                  {.data_sets = data_sets,
                                   .seed = own ? 1u : static_cast<unsigned>(std::rand() % 900),
                                   .with_rows = own,
                                   .with_times = false});
      if (!proved) {
        std::cerr << describe(proved.error()) << '\n';
        return 2;
      }
      for (const Rewrite& each : tried) {
        const Claim& claim = each.proof.claims.at(0);
        if (own) {
          ++rewritten;
          std::cout << "   " << each.rule << " => " << each.after_sql << '\n';
        }
        std::cout << "     " << (claim.holds == false ? "WRONG " : "") << claim.seen << '\n';
        wrong += claim.holds == false ? 1 : 0;
        untried += !claim.holds ? 1 : 0;
      }
    }
  }
  fmt::print("{} queries, {} rewrites, {} runs wrong, {} without a row\n", statements.size(),
             rewritten, wrong, untried);
  return wrong > 0 ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "rewrites_bench SCHEMA.sql QUERIES.sql [DATA_SETS] [VERSION]\n";
    return 2;
  }
  return run(argv[1], argv[2], argc > 3 ? std::atoi(argv[3]) : 5,
             argc > 4 ? std::atoi(argv[4]) : 15);
}
