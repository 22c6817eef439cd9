// When the output in a console's log was written: a file beside the log, so that the log itself is
// what the container wrote. It begins with which file the times are of, and has a record for each
// piece of output: where in the log it begins, how long it is, and when it was about to be written.
// Whatever no record covers has an unknown time; nothing about the times holds the output up.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "native/base/fd.h"

namespace tslxc {

class LineTimes {
 public:
  // `directory` belongs to the caller, and outlives this object. `log` is the name of the log.
  LineTimes(int directory, const std::string& log) : directory_(directory), file_(nameOf(log)) {}

  // The name of the file with the times of this log.
  static std::string nameOf(const std::string& log) { return log + ".times"; }

  // Before so many bytes are appended to the log. When they turn out to be fewer, the next record
  // begins where they end.
  void note(int log, size_t bytes);

  // The log was put aside, together with this file: the next note() begins a new one.
  void leave() { open_.reset(); }
  // What the log holds is no longer where it was.
  void forget();

 private:
  // The file's first record, and the others. All numbers are little-endian, as the processors are.
  struct Header {
    uint64_t format;
    uint64_t inode;
  };
  struct Record {
    uint32_t position;
    uint32_t bytes;
    // Since 1970.
    uint64_t milliseconds;
  };

  bool begin(ino_t log);
  // Where the next record goes; -1 if the file can't be looked at.
  off_t end() const;

  int directory_;
  std::string file_;
  Fd open_;
  // The last record of this object, and where it is; behind it there may be another monitor's.
  Record last_{};
  off_t place_ = 0;
};

}  // namespace tslxc
