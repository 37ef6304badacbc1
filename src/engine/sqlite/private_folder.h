// A folder that only this process uses: mode 0700, removed when this is destroyed. What a killed
// process leaves behind, the next make() sweeps up: a folder whose lock nobody holds.
#pragma once

#include <filesystem>

#include "base/result.h"

namespace architrave::sqlite {

class PrivateFolder {
 public:
  static Result<PrivateFolder> make();  // under $TMPDIR, else /tmp. Error: "sqlite.folder"
  ~PrivateFolder();
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  PrivateFolder() = default;
  std::filesystem::path path_;
  int lock_ = -1;  // descriptor whose flock says that the folder is in use
};

}  // namespace architrave::sqlite
