#include "engine/postgres/relation_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <string>

#include "engine/postgres/cluster_template.h"

namespace architrave::postgres {

namespace {

constexpr std::int64_t page_size = 8192;
constexpr std::int64_t segment_pages = 131072;
constexpr int no_descriptor = -1;

std::unexpected<Error> cannot(const std::filesystem::path& path) {
  const int error = errno;
  return fail(
      "twin.files", "cannot write " + path.string() + ": " + std::strerror(error), path.string(),
      error == EFBIG ? "the file system takes no files of 1 GiB: set TMPDIR to one that does" : "");
}

struct File {
  explicit File(const std::filesystem::path& path)
      : number(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~File() {
    if (number != no_descriptor) ::close(number);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int number;
};

using Page = std::array<unsigned char, page_size>;

template <class Number>
void put(Page& page, std::size_t offset, Number value) {
  std::memcpy(page.data() + offset, &value, sizeof value);
}

bool write_page(int file, std::int64_t block, const Page& page) {
  return ::pwrite(file, page.data(), page.size(), block * page_size) == page_size;
}

bool patch(int file, off_t offset, const void* bytes, std::size_t size) {
  return ::pwrite(file, bytes, size, offset) == static_cast<ssize_t>(size);
}

// bufpage.h's PageHeaderData, and behind the tuples nbtree.h's BTPageOpaqueData. Every page is the
// only one of its level: it has no neighbours and, being the rightmost, no high key.
Page btree_page(std::uint32_t level, bool is_root, std::uint32_t child) {
  constexpr std::uint16_t special = page_size - 16;
  Page page{};
  std::uint16_t lower = 24;
  std::uint16_t upper = special;
  if (level > 0) {
    // One pivot, minus infinity: no key, the block it points to, no attributes.
    upper = special - 8;
    lower = 24 + 4;
    put<std::uint32_t>(page, 24, upper | 1u << 15 | 8u << 17);  // ItemIdData: LP_NORMAL, 8 bytes
    put<std::uint16_t>(page, upper, static_cast<std::uint16_t>(child >> 16));
    put<std::uint16_t>(page, upper + 2u, static_cast<std::uint16_t>(child));
    put<std::uint16_t>(page, upper + 4u, 0);
    put<std::uint16_t>(page, upper + 6u, 8 | 0x2000);  // INDEX_ALT_TID_MASK
  }
  put<std::uint16_t>(page, 12, lower);
  put<std::uint16_t>(page, 14, upper);
  put<std::uint16_t>(page, 16, special);
  put<std::uint16_t>(page, 18, page_size | 4);  // layout version 4
  put<std::uint32_t>(page, special + 8u, level);
  put<std::uint16_t>(page, special + 12u,
                     static_cast<std::uint16_t>((level == 0 ? 1 : 0) | (is_root ? 2 : 0)));
  return page;
}

// BTMetaPageData stands behind the page header; its first two fields stay as CREATE INDEX wrote
// them.
bool write_spine(int file, int height) {
  for (int level = height; level >= 0; --level) {
    const std::int64_t block = height - level + 1;
    if (!write_page(file, block,
                    btree_page(static_cast<std::uint32_t>(level), level == height,
                               static_cast<std::uint32_t>(block + 1))))
      return false;
  }
  const std::uint32_t level = static_cast<std::uint32_t>(height);
  const std::array<std::uint32_t, 4> meta = {1, level, 1, level};  // root and fast root
  return patch(file, 24 + 8, meta.data(), sizeof meta);
}

// GinMetaPageData: nPendingPages; nTotalPages, nEntryPages, nDataPages; nEntries. The pending list
// itself stays empty.
bool write_gin(int file, const std::vector<std::int64_t>& gin) {
  const auto pages = [&](std::size_t i) { return static_cast<std::uint32_t>(gin[i]); };
  const std::uint32_t pending = pages(0);
  const std::array<std::uint32_t, 3> counts = {pages(1), pages(2), pages(3)};
  return patch(file, 24 + 12, &pending, sizeof pending) &&
         patch(file, 24 + 24, counts.data(), sizeof counts) &&
         patch(file, 24 + 40, &gin[4], sizeof gin[4]);
}

}  // namespace

Status lengthen(const RelationFile& relation) {
  std::int64_t left = relation.pages;
  for (std::int64_t segment = 0; left > 0; ++segment) {
    std::filesystem::path path = relation.path;
    if (segment > 0) path += "." + std::to_string(segment);
    const std::int64_t pages = std::min(left, segment_pages);
    const File file(path);
    if (file.number == no_descriptor || ::lseek(file.number, 0, SEEK_END) > pages * page_size)
      return cannot(path);
    if (::ftruncate(file.number, pages * page_size) != 0 || (segment > 0 && !give_to_server(path)))
      return cannot(path);
    left -= pages;
    if (segment > 0) continue;
    if (relation.btree_height > 0 && pages > relation.btree_height + 1 &&
        !write_spine(file.number, relation.btree_height))
      return cannot(path);
    if (relation.gin.size() == 5 && !write_gin(file.number, relation.gin)) return cannot(path);
  }
  return {};
}

int estimated_height(std::int64_t pages, double key_width) {
  const double pivot = 4 + 8 + std::ceil(std::max(8.0, key_width) / 8) * 8;
  const double fan_out = std::max(2.0, std::floor((8192 - 24 - 16) * 0.7 / pivot));
  double on_level = static_cast<double>(pages - 1) * (1 - 1 / fan_out);
  int height = 0;
  while (on_level > 1) {
    on_level = std::ceil(on_level / fan_out);
    ++height;
  }
  return height;
}

}  // namespace architrave::postgres
