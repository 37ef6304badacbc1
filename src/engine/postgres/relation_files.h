// The files of relations that are as long as the original's and hold nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"

namespace architrave::postgres {

struct RelationFile {
  std::filesystem::path path;  // of its first segment
  std::int64_t pages = 0;
  int btree_height = 0;           // level of the root; 0 leaves an index as it is
  std::vector<std::int64_t> gin;  // as RelationSize::gin
};

// For an empty relation of a server that is down or has not looked at it yet. The file grows by
// holes, in segments of 1 GiB; a B-tree gets the height, and below its root one page on each level,
// so that a search ends at an empty leaf. Errors: "twin.files".
Status lengthen(const RelationFile& relation);

// How high a B-tree of so many pages is, if its inner pages are filled to 70 % (nbtree.h,
// BTREE_NONLEAF_FILLFACTOR) with pivots of keys of so many bytes.
int estimated_height(std::int64_t pages, double key_width);

}  // namespace architrave::postgres
