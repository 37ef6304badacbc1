// Random schemas, changed at random: does a plan lead from the one to the other and back? Each pair
// is tried as the tests try theirs (migration/plan/pair_trial.h); one that fails is made smaller
// until every statement in it is needed, and printed.
//
//   mutations_bench [COUNT] [SEED] [VERSION] [FILE]     SEED by itself is tried again with COUNT 1;
//                                                       FILE: other statements
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "base/text.h"
#include "migration/plan/pair_trial.h"

namespace {

using namespace architrave;
using catalog::Catalog;
using catalog::Relation;
using catalog::RelationKind;

struct Weighted {
  int weight = 1;
  std::string text;
};
using Statements = std::map<std::string, std::vector<Weighted>>;  // by section

Statements read_statements(const std::string& file) {
  Statements all;
  std::string section;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') {
      section = line.substr(1, line.find(']') - 1);
      continue;
    }
    const std::size_t space = line.find(' ');
    all[section].push_back({std::atoi(line.c_str()), line.substr(space + 1)});
  }
  for (const char* each : {"make", "change"})
    std::ranges::copy(all["both"], std::back_inserter(all[each]));
  return all;
}

// Writes statements for what a catalog holds.
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string fill(const std::vector<Weighted>& from, const Catalog& catalog) {
    catalog_ = &catalog;
    relation_ = nullptr;
    failed_ = false;
    int total = 0;
    for (const Weighted& each : from) total += each.weight;
    int at = number(total);
    for (const Weighted& each : from)
      if ((at -= each.weight) < 0) {
        std::string text = expand(each.text);
        return failed_ ? std::string() : text;
      }
    return {};
  }

  int number(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

 private:
  template <class T>
  const T* one_of(const std::vector<T>& list) {
    if (list.empty()) {
      failed_ = true;
      return nullptr;
    }
    return &list[static_cast<std::size_t>(number(static_cast<int>(list.size())))];
  }
  std::string name_of(const std::vector<std::string>& names) {
    const std::string* name = one_of(names);
    return name == nullptr ? std::string() : *name;
  }

  // {…} with what is inside of it, balanced.
  std::string expand(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] != '{') {
        out += text[at];
        continue;
      }
      std::size_t end = at;
      int depth = 0;
      std::vector<std::size_t> bars;
      do {
        depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
        if (text[end] == '|' && depth == 1) bars.push_back(end);
        ++end;
      } while (depth > 0 && end < text.size());
      bars.push_back(end - 1);
      const int chosen = number(static_cast<int>(bars.size()));
      const std::size_t begin =
          chosen == 0 ? at + 1 : bars[static_cast<std::size_t>(chosen) - 1] + 1;
      const std::string_view part =
          text.substr(begin, bars[static_cast<std::size_t>(chosen)] - begin);
      out += bars.size() == 1 || is_word(part) ? place(std::string(part)) : expand(part);
      at = end - 1;
    }
    return out;
  }

  static bool is_word(std::string_view part) {
    static const std::set<std::string_view> words = {"table",  "view",      "matview", "enum",
                                                     "domain", "composite", "range"};
    return words.contains(part);
  }

  std::string relation(auto condition) {
    std::vector<const Relation*> fitting;
    for (const Relation& each : catalog_->relations)
      if (condition(each)) fitting.push_back(&each);
    const Relation* const* chosen = one_of(fitting);
    if (chosen == nullptr) return {};
    relation_ = *chosen;
    return catalog::qualified(relation_->schema, relation_->name);
  }

  template <class List, class Name>
  std::string part(const List Relation::* list, Name name) {
    if (relation_ == nullptr) {
      failed_ = true;
      return {};
    }
    const auto* chosen = one_of(relation_->*list);
    return chosen == nullptr ? std::string() : name(*chosen);
  }

  std::string type(catalog::TypeKind kind) {
    std::vector<std::string> names;
    for (const catalog::Type& each : catalog_->types)
      if (each.kind == kind) names.push_back(catalog::qualified(each.schema, each.name));
    return name_of(names);
  }

  std::string routine(auto condition, bool with_arguments) {
    std::vector<std::string> names;
    for (const catalog::Routine& each : catalog_->routines)
      if (condition(each))
        names.push_back(with_arguments ? object_of(each).name
                                       : catalog::qualified(each.schema, each.name));
    return name_of(names);
  }

  std::string place(const std::string& word) {
    const auto quoted = [](const auto& each) { return catalog::quote_identifier(each.name); };
    if (word == "table")
      return relation([](const Relation& each) { return each.kind == RelationKind::table; });
    if (word == "view")
      return relation([](const Relation& each) { return each.kind == RelationKind::view; });
    if (word == "matview")
      return relation(
          [](const Relation& each) { return each.kind == RelationKind::materialized_view; });
    if (word == "partitioned")
      return relation(
          [](const Relation& each) { return each.kind == RelationKind::partitioned_table; });
    if (word == "partition" || word == "parent" || word == "child") {
      const auto is_partition = [](const Relation& each) { return each.is_partition(); };
      std::string child = word != "partition" && relation_ != nullptr && is_partition(*relation_)
                              ? catalog::qualified(relation_->schema, relation_->name)
                              : relation(is_partition);
      if (word != "parent" || relation_ == nullptr) return child;
      const catalog::ObjectName& parent = relation_->parents.front();
      return catalog::qualified(parent.schema, parent.name);
    }
    if (word == "column") return part(&Relation::columns, quoted);
    if (word == "constraint") return part(&Relation::constraints, quoted);
    if (word == "trigger") return part(&Relation::triggers, quoted);
    if (word == "policy") return part(&Relation::policies, quoted);
    if (word == "rule") return part(&Relation::rules, quoted);
    if (word == "index") {
      if (relation_ == nullptr)
        (void)relation([](const Relation& each) { return !each.indexes.empty(); });
      const std::string schema = relation_ == nullptr ? "" : relation_->schema;
      const std::string name = part(&Relation::indexes, [](const auto& each) { return each.name; });
      return catalog::qualified(schema, name);
    }
    if (word == "schema") {
      std::vector<std::string> names;
      for (const auto& each : catalog_->schemas) names.push_back(quoted(each));
      return name_of(names);
    }
    if (word == "sequence") {
      std::vector<std::string> names;
      for (const auto& each : catalog_->sequences)
        names.push_back(catalog::qualified(each.schema, each.name));
      return name_of(names);
    }
    if (word == "enum") return type(catalog::TypeKind::enumeration);
    if (word == "domain") return type(catalog::TypeKind::domain);
    if (word == "composite") return type(catalog::TypeKind::composite);
    if (word == "range") return type(catalog::TypeKind::range);
    if (word == "function")
      return routine([](const auto& each) { return each.kind == catalog::RoutineKind::function; },
                     true);
    if (word == "triggerfunction")
      return routine([](const auto& each) { return each.returns == "trigger"; }, false);
    if (word == "statistics") {
      std::vector<std::string> names;
      for (const auto& each : catalog_->others)
        if (each.kind == catalog::Kind::statistics)
          names.push_back(catalog::qualified(each.schema, each.name));
      return name_of(names);
    }
    if (word == "role")
      return std::vector<std::string>{"app_owner", "app_reader",
                                      "app_writer"}[static_cast<std::size_t>(number(3))];
    if (word == "new") return new_name();
    if (word == "type") return any_type();
    return word;
  }

  std::string new_name() {
    static const std::vector<std::string> words = {"order", "Item", "odd name", "user",  "total",
                                                   "note",  "ref",  "index",    "naïve", "t"};
    return catalog::quote_identifier(*one_of(words) + std::to_string(++names_));
  }

  std::string any_type() {
    static const std::vector<std::string> types = {
        "int",  "bigint", "text",   "numeric(10,2)", "timestamptz", "date",  "boolean",
        "uuid", "jsonb",  "text[]", "int[]",         "varchar(20)", "bytea", "double precision"};
    if (number(4) == 0) {
      std::vector<std::string> own;
      for (const catalog::Type& each : catalog_->types)
        own.push_back(catalog::qualified(each.schema, each.name));
      if (!own.empty()) return name_of(own);
    }
    return name_of(types);
  }

  std::mt19937_64 random_;
  const Catalog* catalog_ = nullptr;
  const Relation* relation_ = nullptr;  // named last
  bool failed_ = false;                 // there is nothing of a kind
  int names_ = 0;
};

// A line's statements.
std::vector<std::string> split(std::string_view line) {
  std::vector<std::string> all;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = line.find(";; ");
    all.emplace_back(line.substr(0, end));
    if (end != std::string_view::npos) line.remove_prefix(end + 3);
  }
  return all;
}

std::string script(const std::vector<std::string>& statements) {
  std::string text = "SET check_function_bodies = off;\n";
  for (const std::string& line : statements)
    for (const std::string& each : split(line)) text += each + ";\n";
  return text;
}

struct Made {
  std::vector<std::string> before;
  std::vector<std::string> change;
};

class Bench {
 public:
  Bench(migration::PairTrial& trial, const Statements& statements)
      : trial_(trial), statements_(statements) {}

  Made make(std::uint64_t seed) {
    Made made;
    auto opened = trial_.open("SELECT 1;");
    if (!opened) throw std::runtime_error(describe(opened.error()));
    Writer writer(seed);
    Catalog catalog = opened->catalog;
    const auto grow = [&](const char* section, int wanted, std::vector<std::string>& into) {
      for (int tries = 0; std::ssize(into) < wanted && tries < 4 * wanted; ++tries) {
        const std::string statement = writer.fill(statements_.at(section), catalog);
        if (statement.empty()) continue;
        const std::vector<std::string> all = split(statement);
        auto outcome = opened->sandbox->run({{all, all.size() > 1}});
        if (!outcome || !outcome->front().ok) continue;
        into.push_back(statement);
        if (auto seen = opened->sandbox->read()) catalog = std::move(*seen);
      }
    };
    grow("make", 8 + writer.number(20), made.before);
    grow("change", 1 + writer.number(6), made.change);
    return made;
  }

  std::string try_it(const Made& made) {
    std::vector<std::string> all = made.before;
    all.insert(all.end(), made.change.begin(), made.change.end());
    return trial_.trial(script(made.before), script(all), {});
  }

  // Every statement is needed for the same kind of failure.
  Made shrink(Made made, const std::string& failure) {
    const auto same = [&](const Made& less) { return kind(try_it(less)) == kind(failure); };
    for (std::vector<std::string> Made::* part : {&Made::change, &Made::before})
      for (std::size_t i = (made.*part).size(); i-- > 0;) {
        Made less = made;
        (less.*part).erase((less.*part).begin() + static_cast<long>(i));
        if (same(less)) made = std::move(less);
      }
    return made;
  }

  // What it is about, without names.
  static std::string kind(const std::string& failure) {
    return failure.substr(0, std::min(failure.find(':'), std::size_t{40}));
  }

 private:
  migration::PairTrial& trial_;
  const Statements& statements_;
};

// A plan that asks for a value or a decision has done its work.
bool asks(const std::string& seen) {
  return seen.starts_with("refused:") &&
         (seen.find("--fill") != std::string::npos || seen.find("can't be") != std::string::npos);
}

}  // namespace

int main(int count, char** arguments) {
  const auto argument = [&](int i, long otherwise) {
    return count > i ? std::atol(arguments[i]) : otherwise;
  };
  const long pairs = argument(1, 200);
  const long seed = argument(2, 1);
  const auto installation = postgres::choose_installation(static_cast<int>(argument(3, 15)));
  if (!installation) {
    std::cerr << describe(installation.error());
    return 2;
  }
  const Statements statements = read_statements(count > 4 ? std::string(arguments[4])
                                                          : std::string(ARCHITRAVE_SOURCE_DIR) +
                                                                "/bench/mutations/statements.txt");
  migration::PairTrial trial(*installation);
  Bench bench(trial, statements);
  long failed = 0;
  long asked = 0;
  long changes = 0;
  for (long i = 0; i < pairs; ++i) {
    const Made made = bench.make(static_cast<std::uint64_t>(seed + i));
    changes += std::ssize(made.change);
    const std::string seen = bench.try_it(made);
    if (seen.empty()) continue;
    if (asks(seen)) {
      ++asked;
      continue;
    }
    ++failed;
    const Made small = bench.shrink(made, seen);
    fmt::print("seed {}: {}\n{}-- change\n{}\n", seed + i, bench.try_it(small),
               script(small.before), script(small.change));
    std::fflush(stdout);
  }
  fmt::print("{} pairs, {} changes: {} there and back, {} ask for a decision, {} fail\n", pairs,
             changes, pairs - asked - failed, asked, failed);
  return failed == 0 ? 0 : 1;
}
