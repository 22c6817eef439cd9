// The same small files in each of many folders, looked at one after the other, with the answers as
// one block of bytes: one call for hundreds of containers, instead of one for each of their files.
// What the answers mean is decided elsewhere.
#pragma once

#include <string>
#include <vector>

namespace tslxc {

enum class SurveyLook {
  text,    // its content, whatever it is
  stamp,   // its stamp; links are followed
  entry,   // its stamp; no link is followed
  record,  // its stamp, and its content unless it has the stamp that is known; no link is followed
  lock     // whether another open file description has a write lock on its first byte; likewise
};

struct SurveyFile {
  std::string name;
  SurveyLook look;
};

// Device, inode, size, modification and change in nanoseconds: little-endian, of 8 bytes each.
inline constexpr size_t kStampBytes = 40;

struct SurveyRequest {
  std::vector<std::string> folders;  // absolute
  std::vector<SurveyFile> files;     // the same in each, in the order in which they are looked at
  std::string known;  // empty, or a stamp for each file of each folder; zeroes where none is known
};

// The number that an answer begins with: 4 bytes, little-endian, like all others but a stamp's.
enum class SurveyAnswer : unsigned {
  failed,     // errno, and the index of the system call in lib/host/calls/survey-request.ts
  text,       // length, content
  stamp,      // stamp
  record,     // stamp, length, content
  unchanged,  // nothing: it has the stamp that is known
  unlocked,   // nothing
  locked,     // nothing
  other       // nothing: it is not a regular file
};

// The answers in order: all files of the first folder, then those of the next. Never throws for a
// file: the answer for one that can't be read is its errno.
std::string survey(const SurveyRequest& request);

}  // namespace tslxc
