#include "workload/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <string>
#include <tuple>
#include <vector>

namespace architrave::workload {

namespace {

// A descriptor, and what was read of it to see what it is.
class Plain : public Input {
 public:
  Plain(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~Plain() override {
    if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  Result<std::size_t> read(std::span<char> buffer) override {
    if (!first_.empty()) {
      const std::size_t count = std::min(buffer.size(), first_.size());
      std::memcpy(buffer.data(), first_.data(), count);
      first_.erase(0, count);
      return count;
    }
    while (true) {
      const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return failed(std::strerror(errno));
    }
  }

  bool settled() const override {
    struct stat status{};
    return ::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) &&
           status.st_mtime + 60 < std::time(nullptr);
  }

  // The first bytes, which read() will give again.
  Result<std::string_view> peek(std::size_t count) {
    std::string buffer(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const auto got = read(std::span(buffer).subspan(have));
      if (!got) return std::unexpected(got.error());
      if (*got == 0) break;
      have += *got;
    }
    buffer.resize(have);
    first_ = std::move(buffer);
    return first_;
  }

  std::unexpected<Error> failed(const std::string& why) const {
    return fail("file.read", "cannot read " + name_ + ": " + why, name_);
  }

 private:
  int descriptor_;
  std::string name_;
  std::string first_;
};

class Packed : public Input {
 public:
  explicit Packed(std::unique_ptr<Plain> plain) : plain_(std::move(plain)), packed_(256 << 10U) {}

 protected:
  // False at the end of the file.
  Result<bool> refill() {
    const auto count = plain_->read(packed_);
    if (!count) return std::unexpected(count.error());
    have_ = *count;
    return have_ > 0;
  }
  std::unexpected<Error> failed(const char* why) const { return plain_->failed(why); }
  char* packed() { return packed_.data(); }
  std::size_t have() const { return have_; }

 private:
  std::unique_ptr<Plain> plain_;
  std::vector<char> packed_;
  std::size_t have_ = 0;
};

class Gzip final : public Packed {
 public:
  explicit Gzip(std::unique_ptr<Plain> plain) : Packed(std::move(plain)) {
    inflateInit2(&stream_, 15 + 16);
  }
  ~Gzip() override { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Result<std::size_t> read(std::span<char> buffer) override {
    stream_.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(buffer.size(), 1U << 30U));
    const uInt room = stream_.avail_out;
    while (stream_.avail_out == room) {
      if (stream_.avail_in == 0) {
        const auto more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) {
          if (inside_) return failed("the gzip data ends too early");
          return 0;
        }
        stream_.next_in = reinterpret_cast<Bytef*>(packed());
        stream_.avail_in = static_cast<uInt>(have());
      }
      inside_ = true;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END) {
        // Files made by appending have several members.
        inside_ = false;
        inflateReset(&stream_);
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        if (stream_.avail_out == room) return failed("the gzip data is damaged");
      }
    }
    return room - stream_.avail_out;
  }

 private:
  z_stream stream_{};
  bool inside_ = false;  // of a member
};

class Zstd final : public Packed {
 public:
  explicit Zstd(std::unique_ptr<Plain> plain)
      : Packed(std::move(plain)), context_(ZSTD_createDCtx()) {}
  ~Zstd() override { ZSTD_freeDCtx(context_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  Result<std::size_t> read(std::span<char> buffer) override {
    ZSTD_outBuffer out{buffer.data(), buffer.size(), 0};
    while (out.pos == 0) {
      if (in_.pos == in_.size) {
        const auto more = refill();
        if (!more) return std::unexpected(more.error());
        if (!*more) {
          if (inside_) return failed("the zstd data ends too early");
          return 0;
        }
        in_ = {packed(), have(), 0};
      }
      const std::size_t result = ZSTD_decompressStream(context_, &out, &in_);
      if (ZSTD_isError(result) != 0) return failed("the zstd data is damaged");
      inside_ = result != 0;
    }
    return out.pos;
  }

 private:
  ZSTD_DCtx* context_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool inside_ = false;  // of a frame
};

}  // namespace

Result<std::unique_ptr<Input>> Input::open(const std::filesystem::path& path) {
  int descriptor = STDIN_FILENO;
  if (path != "-") {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && errno == ENOENT)
      return fail("file.missing", "there is no file " + path.string(), path.string(),
                  "check the path; a database is given as postgresql://HOST/NAME");
    if (descriptor < 0)
      return fail("file.read", "cannot open " + path.string() + ": " + std::strerror(errno),
                  path.string(),
                  errno == EACCES ? "logs belong to the server's user: run it as that one, or read "
                                    "them through a pipe: sudo cat FILE | architrave workload -"
                                  : "");
    struct stat status{};
    if (::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
      ::close(descriptor);
      return fail("file.read", path.string() + " is a folder", path.string(),
                  "give the files in it: " + (path / "*.log").string());
    }
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  auto plain = std::make_unique<Plain>(descriptor, path == "-" ? "standard input" : path.string());
  const Result<std::string_view> first = plain->peek(6);
  if (!first) return std::unexpected(first.error());
  const bool gzip = first->starts_with("\x1f\x8b");
  // Frames to be skipped stand first in what pzstd has written.
  const bool zstd =
      first->starts_with("\x28\xb5\x2f\xfd") || (first->substr(0, 4).ends_with("\x2a\x4d\x18") &&
                                                 first->front() >= 0x50 && first->front() <= 0x5f);
  for (const auto& [bytes, name, unpack] :
       {std::tuple{std::string_view("\xfd"
                                    "7zXZ",
                                    5),
                   "xz", "xz -dc"},
        {std::string_view("BZh"), "bzip2", "bzip2 -dc"},
        {std::string_view("\x04\x22\x4d\x18"), "lz4", "lz4 -dc"},
        {std::string_view("PK\x03\x04"), "zip", "unzip -p"}})
    if (first->starts_with(bytes))
      return fail("file.read", path.string() + " is packed with " + name + ", not gzip or zstd",
                  path.string(),
                  std::string(unpack) + " " + path.string() + " | architrave workload -");
  if (zstd) return std::make_unique<Zstd>(std::move(plain));
  if (gzip) return std::make_unique<Gzip>(std::move(plain));
  return plain;
}

Result<std::uint64_t> Input::skip(std::uint64_t bytes) {
  std::vector<char> buffer(256 << 10U);
  std::uint64_t done = 0;
  while (done < bytes) {
    const auto count = read(std::span(buffer).first(
        static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes - done))));
    if (!count) return std::unexpected(count.error());
    if (*count == 0) break;
    done += *count;
  }
  return done;
}

}  // namespace architrave::workload
