#include "native/monitor/asker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "native/base/clone.h"
#include "native/base/file.h"
#include "native/base/kernel-names.h"
#include "native/base/path.h"
#include "native/base/process-id.h"
#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/beginning.h"

namespace tslxc {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kAskWord = "ask";
constexpr int kInit = 3;
constexpr int kNotExecuted = 127;
constexpr timespec kLook{0, 20'000'000};

// An init that is known by its program, and how it is asked.
struct Kind {
  std::string_view program;  // the name of its file; with `*` at the end, the beginning of that
  std::string_view called;   // the names that it may be called by, with commas; '' for any
  std::string_view ways;     // with commas: signals by number, or `pipe`
};

struct Request {
  std::string thawFile;
  std::string_view thawText;
  milliseconds search{0};   // how long its pipe may take to be found
  milliseconds moments{0};  // how long an init that has just begun may take to handle a signal
  std::string message;
  std::vector<std::string> pipes;
  std::vector<Kind> kinds;
};

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

int digit(char text) { return text <= '9' ? text - '0' : text - 'a' + 10; }

std::string bytesOf(std::string_view hexadecimal) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hexadecimal.size(); i += 2) {
    bytes += static_cast<char>(digit(hexadecimal[i]) * 16 + digit(hexadecimal[i + 1]));
  }
  return bytes;
}

Request readRequest(int argc, char** argv) {
  Request request;
  int at = 2;
  const auto next = [&]() -> const char* { return at < argc ? argv[at++] : ""; };
  while (at < argc) {
    const std::string_view word = next();
    if (word == "--thaw") {
      request.thawFile = next();
      request.thawText = next();
    } else if (word == "--search") {
      request.search = milliseconds(std::atol(next()));
    } else if (word == "--moments") {
      request.moments = milliseconds(std::atol(next()));
    } else if (word == "--message") {
      request.message = bytesOf(next());
      request.message.resize(static_cast<size_t>(std::atol(next())));
    } else if (word == "--pipe") {
      request.pipes.emplace_back(next());
    } else if (word == "--init") {
      Kind kind;
      kind.program = next();
      kind.called = next();
      kind.ways = next();
      request.kinds.push_back(kind);
    } else {
      throw SyscallError{EINVAL, "ask", std::string(word)};
    }
  }
  return request;
}

std::string procOf(int init) { return "/proc/" + std::to_string(processOf(init)); }

std::string_view baseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// The kernel says so of a program whose file has been replaced (proc_pid_exe(5)).
std::string programOf(int init) {
  std::string path(4096, '\0');
  const std::string link = procOf(init) + "/exe";
  const auto size = static_cast<size_t>(
      check(readlink(link.c_str(), path.data(), path.size()), "readlink", link));
  if (size == path.size()) throw SyscallError{ENAMETOOLONG, "readlink", link};
  path.resize(size);
  constexpr std::string_view kReplaced = " (deleted)";
  if (path.size() > kReplaced.size() &&
      path.compare(path.size() - kReplaced.size(), path.npos, kReplaced) == 0) {
    path.resize(path.size() - kReplaced.size());
  }
  return std::string(baseName(path));
}

std::string calledAs(int init) {
  const std::string line = readFileIfThere(procOf(init) + "/cmdline").value_or("");
  return std::string(baseName(std::string_view(line.c_str())));
}

bool isKind(const Kind& kind, std::string_view program, std::string_view called) {
  const bool open = !kind.program.empty() && kind.program.back() == '*';
  const std::string_view name = kind.program.substr(0, kind.program.size() - (open ? 1 : 0));
  if (open ? program.substr(0, name.size()) != name : program != name) return false;
  if (kind.called.empty()) return true;
  const std::vector<std::string_view> names = split(kind.called, ',');
  return std::find(names.begin(), names.end(), called) != names.end();
}

uint64_t maskIn(const std::string& status, const char* name) {
  const size_t line = status.find(std::string("\n") + name + ":");
  if (line == status.npos) return 0;
  return std::strtoull(status.c_str() + line + std::strlen(name) + 2, nullptr, 16);
}

// PID 1 gets no signal that it has no handler for, unless it blocks it in order to fetch it. While
// it waits in sigtimedwait(2), the signal is in no mask: the kernel function that it waits in
// tells.
bool heeds(int init, int number) {
  const std::string proc = procOf(init);
  const std::string status = readFileIfThere(proc + "/status").value_or("");
  const uint64_t heeded = maskIn(status, "SigCgt") | maskIn(status, "SigBlk");
  if ((heeded >> (number - 1) & 1) != 0) return true;
  const std::string place = readFileIfThere(proc + "/wchan").value_or("");
  return place.find("sigtimedwait") != place.npos;
}

bool isOfHost(int found, const std::string& path) {
  struct stat host{};
  struct stat own{};
  if (fstat(found, &own) == -1) return true;
  if (stat(("/" + path).c_str(), &host) == -1) return errno != ENOENT && errno != ENOTDIR;
  return host.st_dev == own.st_dev && host.st_ino == own.st_ino;
}

// The container controls the path: only a pipe is opened, never a device, and never one of the
// host.
bool writeTo(int root, const std::string& path, const std::string& message) {
  const Fd found = openInRootIfThere(root, path, O_PATH);
  struct stat status{};
  if (!found.valid() || fstat(found.get(), &status) == -1) return false;
  if (!S_ISFIFO(status.st_mode) || isOfHost(found.get(), path)) return false;
  const std::string name = "/proc/self/fd/" + std::to_string(found.get());
  const Fd pipe(open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (!pipe.valid()) return false;  // ENXIO: no process reads it.
  const ssize_t written = write(pipe.get(), message.data(), message.size());
  return written == static_cast<ssize_t>(message.size());
}

// In a process that is left alone if it hangs.
bool askByPipe(int init, const Request& request) {
  const Child child = cloneProcess(0, -1);
  if (child.pid == 0) {
    try {
      const Fd root = openRootOf(init);
      for (const std::string& path : request.pipes) {
        if (writeTo(root.get(), path, request.message)) _exit(0);
      }
    } catch (const SyscallError&) {
    }
    _exit(1);
  }
  pollfd end{child.pidfd.get(), POLLIN, 0};
  const int ready = retry([&] { return poll(&end, 1, static_cast<int>(request.search.count())); });
  if (ready != 1) {
    syscall(SYS_pidfd_send_signal, child.pidfd.get(), SIGKILL, nullptr, 0);
    return false;
  }
  siginfo_t how{};
  retry([&] { return waitid(kPidfd, static_cast<id_t>(child.pidfd.get()), &how, WEXITED); });
  return how.si_code == CLD_EXITED && how.si_status == 0;
}

// By the first of these signals that it handles.
void askBySignal(int init, const std::vector<int>& signals, milliseconds moments) {
  const auto deadline = steady_clock::now() + moments;
  for (;;) {
    for (const int number : signals) {
      if (!heeds(init, number)) continue;
      check(syscall(SYS_pidfd_send_signal, init, number, nullptr, 0), "pidfd_send_signal");
      return;
    }
    if (isEnding(init) || steady_clock::now() >= deadline) return;
    nanosleep(&kLook, nullptr);
  }
}

struct Identity {
  std::string program;
  std::string called;
};

// An init that is taken for another one may be asked by a signal that means something else to it.
// So nothing is asked of one that can't be identified; what keeps that from it, such as ENFILE, may
// pass.
Identity identify(int init, milliseconds moments) {
  const auto deadline = steady_clock::now() + moments;
  for (;;) {
    try {
      return {programOf(init), calledAs(init)};
    } catch (const SyscallError& cause) {
      const bool isGone = cause.error == ESRCH || cause.error == ENOENT;
      if (isGone || steady_clock::now() >= deadline) throw;
    }
    nanosleep(&kLook, nullptr);
  }
}

void ask(int init, const Request& request) {
  if (!request.thawFile.empty()) writeFileIfThere(request.thawFile, request.thawText);
  const Identity identity = identify(init, request.moments);
  for (const Kind& kind : request.kinds) {
    if (!isKind(kind, identity.program, identity.called)) continue;
    std::vector<int> signals;
    for (const std::string_view way : split(kind.ways, ',')) {
      if (way != "pipe") {
        signals.push_back(std::atoi(std::string(way).c_str()));
      } else if (askByPipe(init, request)) {
        return;
      }
    }
    askBySignal(init, signals, request.moments);
    return;
  }
}

}  // namespace

// The exec as uid 0 regains every capability of the bounding set.
Fd startAsker(const std::vector<std::string>& words, int init) {
  Child asker = cloneProcess(0, -1);
  if (asker.pid != 0) return std::move(asker.pidfd);
  restoreSignals();
  dup2(init, kInit);
  syscall(SYS_close_range, kInit + 1, ~0U, 0);
  std::vector<std::string> all{"tslxc-monitor", kAskWord};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> argv;
  for (std::string& word : all) argv.push_back(word.data());
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  execve("/proc/self/exe", argv.data(), environment);
  _exit(kNotExecuted);
}

bool isAsker(int argc, char** argv) { return argc > 1 && std::strcmp(argv[1], kAskWord) == 0; }

int askInit(int argc, char** argv) try {
  becomeQuiet("tslxc-monitor");
  closeOnExec(kInit, kInit + 1);
  ask(kInit, readRequest(argc, argv));
  return 0;
} catch (const SyscallError&) {
  return 1;
}

}  // namespace tslxc
