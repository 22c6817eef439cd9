#include "native/base/survey.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "native/base/fd.h"
#include "native/base/lock.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

// More than any record has: a file that another program has put there must not fill the memory.
constexpr size_t kMostBytes = 16u << 20;

// The system calls that an answer names, in the order of the contract.
enum class Call : unsigned { open, stat, read, lock };

template <typename Number>
void put(std::string& out, Number number) {
  for (size_t byte = 0; byte < sizeof number; ++byte) {
    out.push_back(static_cast<char>(number >> (8 * byte) & 0xff));
  }
}

void put(std::string& out, SurveyAnswer answer) { put(out, static_cast<uint32_t>(answer)); }

void putFailure(std::string& out, int error, Call call) {
  put(out, SurveyAnswer::failed);
  put(out, static_cast<uint32_t>(error));
  put(out, static_cast<uint32_t>(call));
}

uint64_t nanoseconds(const timespec& time) {
  constexpr uint64_t kInSecond = 1'000'000'000;
  return static_cast<uint64_t>(time.tv_sec) * kInSecond + static_cast<uint64_t>(time.tv_nsec);
}

std::string stampOf(const struct stat& state) {
  std::string stamp;
  put(stamp, static_cast<uint64_t>(state.st_dev));
  put(stamp, static_cast<uint64_t>(state.st_ino));
  put(stamp, static_cast<uint64_t>(state.st_size));
  put(stamp, nanoseconds(state.st_mtim));
  put(stamp, nanoseconds(state.st_ctim));
  return stamp;
}

// Appends length and content; 0, or the errno, and then nothing is appended.
int appendContent(std::string& out, int file) {
  const size_t start = out.size();
  put(out, uint32_t{0});
  const size_t content = out.size();
  std::array<char, 8192> chunk;
  for (;;) {
    const ssize_t count = retry([&] { return read(file, chunk.data(), chunk.size()); });
    const bool tooLong = count > 0 && out.size() - content > kMostBytes;
    if (count == -1 || tooLong) {
      const int error = tooLong ? EFBIG : errno;
      out.resize(start);
      return error;
    }
    if (count == 0) break;
    out.append(chunk.data(), static_cast<size_t>(count));
  }
  std::string length;
  put(length, static_cast<uint32_t>(out.size() - content));
  out.replace(start, length.size(), length);
  return 0;
}

// Opens a file of `folder` without waiting for anything; puts a failure when it can't.
Fd openFile(std::string& out, int folder, const std::string& name, int flags) {
  constexpr int kFlags = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  Fd file(retry([&] { return openat(folder, name.c_str(), flags | kFlags); }));
  if (!file.valid()) putFailure(out, errno, Call::open);
  return file;
}

void putText(std::string& out, int folder, const std::string& name) {
  const Fd file = openFile(out, folder, name, O_RDONLY);
  if (!file.valid()) return;
  const size_t start = out.size();
  put(out, SurveyAnswer::text);
  const int error = appendContent(out, file.get());
  if (error == 0) return;
  out.resize(start);
  putFailure(out, error, Call::read);
}

// False after putting the answer: the file can't be looked at, or is not a regular one.
bool isFile(std::string& out, int result, const struct stat& state) {
  if (result == -1) {
    putFailure(out, errno, Call::stat);
    return false;
  }
  if (S_ISREG(state.st_mode)) return true;
  put(out, SurveyAnswer::other);
  return false;
}

// `flags` are those of fstatat(2).
void putStamp(std::string& out, int folder, const std::string& name, int flags) {
  struct stat state{};
  if (!isFile(out, fstatat(folder, name.c_str(), &state, flags), state)) return;
  put(out, SurveyAnswer::stamp);
  out.append(stampOf(state));
}

void putRecord(std::string& out, int folder, const std::string& name, std::string_view known) {
  struct stat state{};
  // Without opening it: most records are the same as before.
  const int seen = fstatat(folder, name.c_str(), &state, AT_SYMLINK_NOFOLLOW);
  if (!isFile(out, seen, state)) return;
  if (known == stampOf(state)) return put(out, SurveyAnswer::unchanged);
  const Fd file = openFile(out, folder, name, O_RDONLY | O_NOFOLLOW);
  if (!file.valid() || !isFile(out, fstat(file.get(), &state), state)) return;
  const size_t start = out.size();
  put(out, SurveyAnswer::record);
  out.append(stampOf(state));
  const int error = appendContent(out, file.get());
  if (error == 0) return;
  out.resize(start);
  putFailure(out, error, Call::read);
}

void putLock(std::string& out, int folder, const std::string& name) {
  const Fd file = openFile(out, folder, name, O_RDONLY | O_NOFOLLOW);
  struct stat state{};
  if (!file.valid() || !isFile(out, fstat(file.get(), &state), state)) return;
  try {
    put(out, isByteLocked(file.get(), 0) ? SurveyAnswer::locked : SurveyAnswer::unlocked);
  } catch (const SyscallError& failure) {
    putFailure(out, failure.error, Call::lock);
  }
}

void putAnswer(std::string& out, int folder, const SurveyFile& file, std::string_view known) {
  switch (file.look) {
    case SurveyLook::text:
      return putText(out, folder, file.name);
    case SurveyLook::stamp:
      return putStamp(out, folder, file.name, 0);
    case SurveyLook::entry:
      return putStamp(out, folder, file.name, AT_SYMLINK_NOFOLLOW);
    case SurveyLook::record:
      return putRecord(out, folder, file.name, known);
    case SurveyLook::lock:
      return putLock(out, folder, file.name);
  }
}

}  // namespace

std::string survey(const SurveyRequest& request) {
  std::string out;
  std::string_view known = request.known;
  for (const std::string& path : request.folders) {
    const Fd folder(retry([&] { return ::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); }));
    const int error = folder.valid() ? 0 : errno;
    for (const SurveyFile& file : request.files) {
      const std::string_view stamp = known.substr(0, kStampBytes);
      if (error == 0) {
        putAnswer(out, folder.get(), file, stamp);
      } else {
        putFailure(out, error, Call::open);
      }
      known.remove_prefix(stamp.size());
    }
  }
  return out;
}

}  // namespace tslxc
