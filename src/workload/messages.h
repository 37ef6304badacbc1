// What a log's messages say about statements: which were sent, how long each took, which failed.
// A statement is counted once, however many messages speak of it (log_statement, durations in lines
// of their own, auto_explain, the parse, bind and execute of prepared statements, errors).
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>

#include "workload/entry.h"
#include "workload/n_plus_one.h"
#include "workload/query_table.h"
#include "workload/read.h"

namespace architrave::workload {

class Messages final : public EntrySink {
 public:
  Messages(QueryTable& table, Repetitions& repetitions, const ReadOptions& options)
      : table_(table), repetitions_(repetitions), options_(options) {}
  void take(const Entry& entry) override;
  // The times of the first and the last message, and notes on what was not said.
  void finish(Workload& workload);

 private:
  // The statement that a session was last seen with; later messages may say more of it.
  struct Session {
    std::uint64_t key = 0;
    double timed_ms = 0;     // that was added for it so far
    bool open = false;       // a message that says its time may follow
    bool from_plan = false;  // counted when auto_explain wrote its plan
    bool lacks_parameters = false;
    bool known = false;       // a message of it was seen
    std::uint32_t plans = 0;  // of it that may follow
    Repetitions::Session repetitions;
  };
  void statement(Session& session, const Entry& entry, std::string_view text, double ms);
  void plan(Session& session, const Entry& entry, std::string_view text, double ms);
  void failure(Session& session, const Entry& entry);
  void count(Session& session, const Entry& entry, std::string_view text,
             std::string_view parameters, double ms, bool failed);
  Session& session_of(const Entry& entry);

  QueryTable& table_;
  Repetitions& repetitions_;
  const ReadOptions& options_;
  std::unordered_map<std::uint64_t, Session> sessions_;
  Session without_session_;
  double from_ = std::numeric_limits<double>::infinity();
  double to_ = -std::numeric_limits<double>::infinity();
  std::int64_t lone_durations_ = 0;  // that no statement was seen for
  std::int64_t logged_executes_ = 0;
  std::int64_t abroad_ = 0;     // durations that were not said in English
  std::int64_t of_nobody_ = 0;  // messages left out since they do not say whose they are
  std::string parameters_;      // of EXECUTE
};

}  // namespace architrave::workload
