// How every system call is made: check() returns its result or throws SyscallError with the errno,
// retry() repeats it on EINTR. Nothing here decides anything.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

namespace tslxc {

// A system call failed. `syscall` is its name in the manual, `subject` the path or object it was
// about.
struct SyscallError {
  int error = 0;
  const char* syscall = "";
  std::string subject;
};

// Returns the result; throws SyscallError with errno if it is -1. `subject` is a view, so that
// nothing allocates between the call and the reading of errno.
template <typename Result>
Result check(Result result, const char* syscall, std::string_view subject = {}) {
  if (result == static_cast<Result>(-1)) {
    const int error = errno;
    throw SyscallError{error, syscall, std::string(subject)};
  }
  return result;
}

// Repeats a call that a signal interrupted.
template <typename Call>
auto retry(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

}  // namespace tslxc
