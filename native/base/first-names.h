// The first name in a copy of each inode that has several, kept as a hard link in a folder at the
// top of the copy: so it is found again however deep the names lie, and nothing is remembered here,
// however many there are.
#pragma once

#include <sys/stat.h>

#include <string>

#include "native/base/fd.h"

namespace tslxc {

class FirstNames {
 public:
  // `top` outlives this. Until `clear`, it has an entry that no other process can foresee.
  explicit FirstNames(int top) : top_(top) {}

  // `name` in `directory` is the copy of `original`.
  void keep(const struct stat& original, int directory, const std::string& name);
  // Makes `name` in `directory` a further name of the copy. False when none has been kept.
  bool link(const struct stat& original, int directory, const std::string& name);
  // Removes the folder, which changes the times of the top.
  void clear();

 private:
  void makeFolder();
  void takeLastName(const struct stat& original, int directory, const std::string& name);

  const int top_;
  Fd folder_;
  std::string name_;
};

}  // namespace tslxc
