// The bytes of a log: plain, gzip or zstd, from a file or standard input, a buffer at a time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "base/result.h"

namespace architrave::workload {

class Input {
 public:
  // "-" is standard input. What it is packed with, its first bytes say, whatever its name.
  // Errors: "file.missing", "file.read".
  static Result<std::unique_ptr<Input>> open(const std::filesystem::path& path);
  virtual ~Input() = default;
  Input() = default;
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // Fills the beginning of the buffer with the next unpacked bytes; 0 at the end. Error
  // "file.read", also where packed data ends too early: all before it has been given.
  virtual Result<std::size_t> read(std::span<char> buffer) = 0;
  // Passes over so many unpacked bytes; less where there are not as many. Gives how many.
  virtual Result<std::uint64_t> skip(std::uint64_t bytes);
  // Whether nothing more will be written to it: it is packed, or was not touched for a minute.
  virtual bool settled() const { return true; }
};

}  // namespace architrave::workload
