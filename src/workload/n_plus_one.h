// The same SELECT sent once for each row of an earlier one (N+1): seen from the order of a
// session's statements, told apart from what only looks like it, and rewritten.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "workload/entry.h"
#include "workload/query_table.h"
#include "workload/workload.h"

namespace architrave::catalog {
struct Catalog;
}

namespace architrave::workload {

class Repetitions {
 public:
  explicit Repetitions(QueryTable& table) : table_(table) {}

  static constexpr int least = 5;         // so many times in a row
  static constexpr double pause = 1.0;    // seconds between two that end a burst
  static constexpr unsigned between = 4;  // other statements between two, in one transaction

  // A statement that a session repeats.
  struct Burst {
    std::uint64_t key = 0;
    // Keys of the SELECTs before it, the last first. What is sent again for each of its calls is
    // none of them: it is another statement of the same loop, or of the same kind of request.
    std::array<std::uint64_t, 3> parents{};
    std::uint64_t transaction = 0;
    std::uint64_t last_value = 0;
    std::uint64_t values_seen = 0;  // a bit for each of 64 classes of values
    std::array<std::uint64_t, 8> values{};
    std::uint32_t literals = 0;
    std::uint32_t varying = 0;  // a bit for each literal that was not always the same
    std::uint32_t calls = 0;
    std::uint32_t changes = 0;  // calls whose value was not the one before
    std::uint64_t last = 0;     // its number among the session's statements
    double time = 0;
    bool one_transaction = true;
  };
  struct Session {
    std::array<Burst, 4> bursts{};
    std::uint64_t statements = 0;
    std::array<std::uint64_t, 3> selects{};  // keys of the last ones, without repetitions
    double last_select_time = 0;
    std::uint64_t transactions = 0;
    bool in_transaction = false;
  };

  void saw(Session& session, const QueryTable::Found& found, const Entry& entry,
           std::string_view text, std::string_view parameters);
  // The session is over.
  void end(Session& session);

  // What is left after looking closer: the repeated statement compares one column with the value
  // that varies, and the value can come from the statement before. The catalog may be null.
  std::vector<NPlusOne> finish(const catalog::Catalog* catalog);

 private:
  struct Repeated {
    std::string fingerprint;
    std::string text;
    std::uint32_t parameter = 0;  // $n of the text that varies
    std::int64_t round_trips = 0;
    std::int64_t bursts = 0;
    std::int64_t in_transactions = 0;  // bursts
    std::map<std::string, std::pair<std::string, std::int64_t>>
        parents;  // fingerprint: text, votes
  };
  void close(Burst& burst);

  QueryTable& table_;
  std::map<std::string, Repeated> repeated_;  // by fingerprint and parameter
};

// Both forms of a repeated statement, and what varies; false where it is none that can be batched.
// `found` has text and parent_text, `parameter` is the $n that varies. Without a parent it has no
// joined form; `related` says whether the parent is one by a foreign key or by its names.
bool write_forms(NPlusOne& found, std::uint32_t parameter, const catalog::Catalog* catalog,
                 bool& related);

}  // namespace architrave::workload
