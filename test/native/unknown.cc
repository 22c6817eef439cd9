// What can't be looked at is an error, or unknown, and never gone, dead or empty. Argument: an
// empty folder.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <thread>

#include "native/base/lock.h"
#include "native/base/message.h"
#include "native/base/mount.h"
#include "native/base/netlink.h"
#include "native/base/oom-kills.h"
#include "native/base/process-id.h"
#include "native/base/process.h"
#include "native/monitor/console-log.h"
#include "native/monitor/exec-failure.h"
#include "native/monitor/process-tree.h"
#include "native/monitor/reap.h"
#include "native/monitor/reaper-turn.h"
#include "native/monitor/terminal-pump.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

fs::path folder;

Fd openFolder(const fs::path& path) {
  return Fd(check(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", path.native()));
}

// Lets no further descriptor be opened.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const Fd next(open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit none{static_cast<rlim_t>(next.get()), before_.rlim_max};
    check(setrlimit(RLIMIT_NOFILE, &none), "setrlimit");
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// A process that waits for the end of this object.
class Process {
 public:
  Process() {
    const pid_t parent = getpid();
    pid_ = check(fork(), "fork");
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    while (getppid() == parent) pause();
    _exit(0);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() { end(); }

  pid_t pid() const { return pid_; }
  void end() {
    if (pid_ == 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

 private:
  pid_t pid_ = 0;
};

void aProcessThatCanNotBeLookedAtIsNotEnding() {
  Process process;
  const Fd pidfd = openPidfd(process.pid());
  assert(!isEnding(pidfd.get()));
  const Fd other(open("/dev/null", O_RDONLY | O_CLOEXEC));
  assert(errorOf([&] { isEnding(other.get()); }) == EBADF);
  assert(errorOf([&] { isEnding(-1); }) == EBADF);
  {
    const NoDescriptors none;
    assert(errorOf([&] { isEnding(pidfd.get()); }) == EMFILE);
  }
  process.end();
  assert(isEnding(pidfd.get()));
  assert(errorOf([&] { processOf(pidfd.get()); }) == ESRCH);
}

void aProcessThatHasExecutedNothingIsToldFromOneThatHas() {
  for (const bool executes : {false, true}) {
    const pid_t pid = check(fork(), "fork");
    if (pid == 0) {
      if (executes) execl("/bin/true", "true", nullptr);
      _exit(0);
    }
    const Fd pidfd = openPidfd(pid);
    siginfo_t end{};
    check(waitid(P_PID, static_cast<id_t>(pid), &end, WEXITED | WNOWAIT), "waitid");
    assert(endsUnexecuted(pidfd.get()) != executes);
    {
      const NoDescriptors none;
      assert(errorOf([&] { endsUnexecuted(pidfd.get()); }) == EMFILE);
    }
    waitpid(pid, nullptr, 0);
    assert(!endsUnexecuted(pidfd.get()));
  }
}

// One with a child that must not be missed.
void aTreeThatCanNotBeReadIsNotEmpty() {
  const Process process;
  const Descendants all = descendantsOf(getpid());
  assert(all.areAll && all.processes.size() == 1 && all.processes[0].pid == process.pid());
  {
    // The folder itself can't be opened.
    const NoDescriptors none;
    assert(!descendantsOf(getpid()).areAll);
    killProcess(all.processes[0]);
  }
  assert(!descendantsOf(getpid()).processes[0].ended);
  {
    // The folder can be opened, twice, and none of its files.
    std::array<Fd, 2> room{Fd(open("/dev/null", O_RDONLY)), Fd(open("/dev/null", O_RDONLY))};
    const NoDescriptors none;
    for (Fd& fd : room) fd.reset();
    assert(!descendantsOf(getpid()).areAll);
  }
}

void aFailedReadIsNotTheEndOfAStream() {
  // Reads of it fail with EIO: nothing is mapped at 0.
  const Fd memory(open("/proc/self/mem", O_RDONLY | O_CLOEXEC));
  FrameReader reader;
  assert(reader.readPipe(memory.get()) == FrameReader::Result::later);
  // No socket.
  assert(reader.read(memory.get()) == FrameReader::Result::later);
  std::array<int, 2> ends;
  check(pipe2(ends.data(), O_CLOEXEC), "pipe2");
  const Fd reading(ends[0]);
  close(ends[1]);
  assert(reader.readPipe(reading.get()) == FrameReader::Result::ended);
}

// What fails at first is sent when it can be.
void aFailedSendIsTriedAgain() {
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  const Fd socket(ends[0]);
  const Fd peer(ends[1]);
  const Fd target(open("/dev/null", O_RDWR | O_CLOEXEC));
  std::thread later([&] {
    poll(nullptr, 0, 20);
    dup2(socket.get(), target.get());
  });
  const bool isSent = sendAll(target.get(), "x", 20'000);
  later.join();
  assert(isSent);
}

// A terminal whose caller can't be written to for a moment goes on.
void aFailedWriteHangsUpNoTerminal() {
  Pty pty = openHostPty();
  makeRaw(pty.slave.get());
  pollfd master{pty.master.get(), POLLIN, 0};
  std::array<int, 2> ends;
  check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  const Fd socket(dup(ends[0]));
  const Fd peer(ends[1]);
  TerminalPump pump(std::move(pty.master), Fd(ends[0]));
  const Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  dup2(null.get(), ends[0]);
  assert(write(pty.slave.get(), "x", 1) == 1);
  assert(poll(&master, 1, 20'000) == 1);
  const auto turn = [&pump] {
    std::array<pollfd, 2> entries{};
    pump.prepare(entries.data());
    poll(entries.data(), entries.size(), 1000);
    pump.handle(entries.data());
  };
  turn();
  assert(!pump.done());
  dup2(socket.get(), ends[0]);
  turn();
  std::array<char, 4> text{};
  assert(recv(peer.get(), text.data(), text.size(), MSG_DONTWAIT) == 1 && text[0] == 'x');
}

void aListOfMountsThatIsMissingHasNotLostOne() {
  fs::create_directories(folder / "self" / "fd");
  const Fd descriptors = openFolder(folder / "self" / "fd");
  assert(errorOf([&] { placeOfMount(descriptors.get(), 1); }) == ENOENT);
  const Fd own = openFolder("/proc/self/fd");
  assert(!placeOfMount(own.get(), ~0ULL));
}

void anOomKillThatCanNotBeCountedIsUnknown() {
  const std::string none = folder / "none";
  assert(countOomKills({none}) == 0);
  fs::create_directories(folder / "cgroup" / "memory.events");
  assert(!countOomKills({folder / "cgroup"}));
}

void aProgramThatCanNotBeOpenedIsNotMissing() {
  const std::string script = folder / "script";
  std::ofstream(script) << "#!/no/such/sh\n";
  assert(explainExecFailure(script, ENOENT).reason == ExecReason::kInterpreterMissing);
  const NoDescriptors none;
  assert(explainExecFailure(script, ENOENT).reason == ExecReason::kOther);
}

// run/tslxc/lxc/NAME
fs::path runFolder(const std::string& root) {
  const fs::path path = folder / root / "lxc" / "web";
  fs::create_directories(path);
  return path;
}

void whoCanNotTakeTurnsReapsAtOnce() {
  const Fd free = openFolder(runFolder("free"));
  const auto first = ReaperTurn::await(free.get());
  assert(first && first->variable());
  // Another description holds the byte of the next one.
  const Fd lock(open((folder / "free" / "reaper.lock").c_str(), O_RDWR | O_CLOEXEC));
  assert(tryByte(lock.get(), 1));
  assert(!ReaperTurn::await(free.get()));
  const Fd odd = openFolder(runFolder("odd"));
  fs::create_directory(folder / "odd" / "reaper.lock");
  const auto turn = ReaperTurn::await(odd.get());
  assert(turn && !turn->variable());
  const Fd gone = openFolder(runFolder("gone"));
  fs::remove_all(folder / "gone");
  assert(!ReaperTurn::await(gone.get()));
}

void aReapProgramIsOpenedOrMissing() {
  PlanHeader header;
  header.reapProgram = folder / "none";
  const ReapProgram missing(header);
  header.reapProgram = "/proc/self/exe";
  const ReapProgram there(header);
  const NoDescriptors none;
  assert(errorOf([&] { const ReapProgram unknown(header); }) == EMFILE);
}

// From here on this system call fails with EIO when this is its second argument.
void refuse(uint32_t number, uint32_t second) {
  std::array<sock_filter, 6> filter{{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 3),
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args[1])),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, second, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EIO),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{filter.size(), filter.data()};
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl");
  check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "prctl");
}

void anInterfaceThatCanNotBeLookedForIsNotGone() {
  const RouteSocket socket(-1);
  assert(socket.indexIfThere("lo"));
  assert(!socket.indexIfThere("tslxc-none"));
  refuse(SYS_ioctl, SIOCGIFINDEX);
  assert(errorOf([&] { socket.indexIfThere("lo"); }) == EIO);
}

// Another monitor may have it.
void aLogThatCanNotBeLockedIsNotOurs() {
  ConsoleLog log({openFolder(folder), "log", 4096, {}});
  log.prepare(ConsoleLog::Beginning::behind, folder / "log");
  refuse(SYS_flock, LOCK_EX | LOCK_NB);
  ConsoleLog other({openFolder(folder), "other", 4096, {}});
  assert(errorOf([&] { other.prepare(ConsoleLog::Beginning::behind, folder / "other"); }) == EIO);
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc::test;
  folder = std::filesystem::canonical(argv[1]);
  aProcessThatCanNotBeLookedAtIsNotEnding();
  aProcessThatHasExecutedNothingIsToldFromOneThatHas();
  aTreeThatCanNotBeReadIsNotEmpty();
  aFailedReadIsNotTheEndOfAStream();
  aFailedSendIsTriedAgain();
  aFailedWriteHangsUpNoTerminal();
  aListOfMountsThatIsMissingHasNotLostOne();
  anOomKillThatCanNotBeCountedIsUnknown();
  aProgramThatCanNotBeOpenedIsNotMissing();
  whoCanNotTakeTurnsReapsAtOnce();
  aReapProgramIsOpenedOrMissing();
  anInterfaceThatCanNotBeLookedForIsNotGone();
  aLogThatCanNotBeLockedIsNotOurs();
}
