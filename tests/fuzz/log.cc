// A log of any format: all bytes are taken, in pieces as well as at once, with the same statements
// counted either way; and whatever was counted can be written to a file and read back.
#include "workload/log.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace architrave;

void require(bool holds) {
  if (!holds) std::abort();
}

workload::Workload read(std::string_view bytes, std::size_t piece) {
  const workload::ReadOptions options;
  workload::QueryTable table({.queries = 50, .forms = 100});
  workload::Repetitions repetitions(table);
  workload::Messages messages(table, repetitions, options);
  workload::Workload read;
  std::string prefix;
  const auto reader = workload::choose_reader(bytes, prefix, messages);
  if (!reader || *reader == nullptr) return read;
  std::string buffer;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    buffer += bytes.substr(at, piece);
    const std::size_t taken = (*reader)->feed(buffer, false, false);
    require(taken <= buffer.size());
    buffer.erase(0, taken);
  }
  require((*reader)->feed(buffer, true, false) == buffer.size());
  read.unreadable_lines = (*reader)->unreadable_lines;
  messages.finish(read);
  read.n_plus_one = repetitions.finish(nullptr);
  table.finish(read);
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const workload::Workload whole = read(bytes, size + 1);
  const workload::Workload pieces = read(bytes, 97);
  require(whole.statements == pieces.statements);
  require(whole.unreadable_lines == pieces.unreadable_lines);
  require(workload::from_file(workload::to_file(whole)).has_value());
  return 0;
}
