// Reads logs: finds out their format, reads them in large pieces, and remembers how far it got.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workload/messages.h"

namespace architrave::workload {

// The reader for a log that begins with these bytes; null if they are no log that is known. The
// pattern that was found for the stderr format goes to `prefix`. Error "workload.prefix".
Result<std::unique_ptr<LogReader>> choose_reader(std::string_view first, std::string& prefix,
                                                 EntrySink& sink);

// How far logs were read. A log is known by its first bytes, not by its name or inode, so that it
// may be rotated, renamed and packed in between.
class LogState {
 public:
  // Errors "workload.state" for a file that is none; one that is not there yet is empty.
  static Result<LogState> read(const std::string& path);
  Status write(const std::string& path) const;

  static constexpr std::size_t head_bytes = 4096;
  struct Read {
    std::uint64_t offset = 0;  // behind the last message that was read
    std::uint64_t seen = 0;    // how long the log was
  };
  // How many unpacked bytes of the log that begins like this were read before.
  Read known(std::string_view head) const;
  void remember(std::string_view head, Read read);
  bool empty() const { return places_.empty(); }

 private:
  struct Place {
    std::size_t length = 0;  // of the head that was hashed
    std::string hash;
    Read read;
  };
  std::vector<Place> places_;
};

struct LogInput {
  std::string path;
  std::string_view prefix;  // empty: found out
  LogState* state = nullptr;
  std::string* otherwise = nullptr;  // gets all the bytes of what is no log, if given
};
// Reads one log into the sink. What is unreadable is counted and noted in the workload. The error
// is for one that can't be opened, or is no log ("workload.unknown").
Status read_log(const LogInput& log, EntrySink& sink, Workload& workload,
                const std::function<void(std::string_view)>& progress);

}  // namespace architrave::workload
