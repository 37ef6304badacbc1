// Logs that came through something that puts each line into one of its own: Docker, Kubernetes, a
// journal, syslog, clouds.
#pragma once

#include <memory>
#include <string>

#include "workload/entry.h"
#include "workload/json_reader.h"

namespace architrave::workload {

// Takes the wrapping off lines, and has another reader read what is inside.
class WrappedReader final : public LogReader {
 public:
  // The text of a line; false where there is none. `cut`: the next line goes on in the middle.
  using Unwrap = bool (*)(std::string_view line, JsonReader& json, std::string& text, bool& cut);
  // `ends_say`: a text that does not end with a newline is cut, as Docker's after 16 kB.
  WrappedReader(std::unique_ptr<LogReader> inner, Unwrap unwrap, bool ends_say, EntrySink& sink)
      : inner_(std::move(inner)), unwrap_(unwrap), ends_say_(ends_say), json_(sink) {}
  std::size_t feed(std::string_view bytes, bool end, bool hold_last) override;

 private:
  void add(std::string_view text, bool cut);
  std::unique_ptr<LogReader> inner_;
  Unwrap unwrap_;
  bool ends_say_;
  bool inside_ = false;  // the line before was cut
  JsonReader json_;
  std::string line_text_;
  std::string text_;
};

// What is inside of a JSON object: the text in "log", "message", "textPayload", "MESSAGE".
bool unwrap_json(std::string_view line, JsonReader& json, std::string& text, bool& cut);
// What stands behind, also one after another: "Nov 21 04:44:51 host postgres[123]: [7-1] " and the
// other forms of journals and syslog, "db-1  | ", "[pod/db-1/postgres] ",
// "2026-11-21T04:44:51.123456789Z ", "… stderr F ": Docker Compose, kubectl, containers' log files.
bool unwrap_shell(std::string_view line, JsonReader& json, std::string& text, bool& cut);

}  // namespace architrave::workload
