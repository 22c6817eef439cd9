// The physical limit: the same kernel objects as a container of tslxc, made with no configuration,
// no language runtime and no error recovery. Used by `npm run bench`.
//
//   floor ROOT
//
// Reads a word a line, and answers each with the milliseconds that it took, and with those of the
// processor, of itself and of its children that have ended: `start` (sleep), `destroy`, `exec`
// (true, in the one that runs), `run` (from start to the end of true). ROOT needs /bin/sleep,
// /bin/true, /proc, /sys and /dev.

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace {

const std::string kCgroups = "/sys/fs/cgroup/";
const std::vector<std::string> kControllers = {"cpu",     "cpuacct", "cpuset", "memory",
                                               "devices", "freezer", "blkio",  "pids"};

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double cpuOf(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

double cpu() { return cpuOf(RUSAGE_SELF) + cpuOf(RUSAGE_CHILDREN); }

void require(bool done, const char* what) {
  if (done) return;
  perror(what);
  _exit(111);
}

void put(const std::string& path, const std::string& text) {
  const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t size = write(file, text.data(), text.size());
  close(file);
}

std::string get(const std::string& path) {
  char text[256];
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const ssize_t size = file < 0 ? 0 : read(file, text, sizeof text);
  if (file >= 0) close(file);
  return {text, static_cast<size_t>(size > 0 ? size : 0)};
}

struct Cgroups {
  bool unified = false;
  int directory = -1;
  std::vector<int> tasks;
  std::vector<std::string> paths;
};

// Made and limited before the clone: moving another task waits for an RCU grace period.
Cgroups makeCgroups() {
  Cgroups made;
  made.unified = access((kCgroups + "cgroup.controllers").c_str(), F_OK) == 0;
  if (made.unified) {
    made.paths.push_back(kCgroups + "floor");
    mkdir(made.paths[0].c_str(), 0755);
    put(made.paths[0] + "/memory.max", "104857600");
    made.directory = open(made.paths[0].c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return made;
  }
  for (const std::string& name : kControllers) {
    const std::string path = kCgroups + name + "/floor";
    if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) continue;
    if (name == "cpuset") {
      put(path + "/cpuset.cpus", get(kCgroups + "cpuset/cpuset.cpus"));
      put(path + "/cpuset.mems", "0");
    }
    if (name == "memory") put(path + "/memory.limit_in_bytes", "104857600");
    if (name == "devices") {
      put(path + "/devices.deny", "a");
      for (const char* rule : {"c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm",
                               "c 5:0 rwm", "c 5:2 rwm", "c 136:* rwm"}) {
        put(path + "/devices.allow", rule);
      }
    }
    made.tasks.push_back(open((path + "/tasks").c_str(), O_WRONLY | O_CLOEXEC));
    made.paths.push_back(path);
  }
  return made;
}

void node(const char* path, unsigned major, unsigned minor) {
  require(mknod(path, S_IFCHR | 0666, makedev(major, minor)) == 0, path);
}

void mountAll(const char* root) {
  constexpr unsigned long kRestricted = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  require(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private");
  require(mount(root, root, nullptr, MS_BIND | MS_REC, nullptr) == 0 && chdir(root) == 0, "bind");
  for (const char* name : {"proc", "sys", "dev"}) mkdir(name, 0755);
  require(mount("proc", "proc", "proc", kRestricted, nullptr) == 0, "proc");
  require(mount("proc/sys", "proc/sys", nullptr, MS_BIND, nullptr) == 0, "proc/sys");
  require(mount(nullptr, "proc/sys", nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0,
          "proc/sys");
  require(mount("sysfs", "sys", "sysfs", kRestricted | MS_RDONLY, nullptr) == 0, "sys");
  require(mount("devfs", "dev", "tmpfs", MS_NOSUID, "mode=755,size=65536") == 0, "dev");
  mkdir("dev/pts", 0755);
  require(mount("devpts", "dev/pts", "devpts", MS_NOSUID,
                "newinstance,ptmxmode=0666,mode=0620,gid=5") == 0,
          "devpts");
  node("dev/null", 1, 3);
  node("dev/zero", 1, 5);
  node("dev/full", 1, 7);
  node("dev/random", 1, 8);
  node("dev/urandom", 1, 9);
  node("dev/tty", 5, 0);
  require(symlink("pts/ptmx", "dev/ptmx") == 0 && symlink("/proc/self/fd", "dev/fd") == 0, "link");
}

[[noreturn]] void execute(const char* program, const char* argument) {
  const char* argv[] = {program, argument, nullptr};
  const char* environment[] = {"PATH=/bin:/sbin", nullptr};
  execve(program, const_cast<char**>(argv), const_cast<char**>(environment));
  require(false, "execve");
  _exit(111);
}

struct Container {
  Cgroups cgroups;
  pid_t pid = -1;
  int pidfd = -1;
};

// clone3, into the cgroup where that is possible; 0 in the child.
pid_t cloneInto(const Cgroups& cgroups, uint64_t flags, int* pidfd) {
  clone_args args{};
  args.flags = flags | (pidfd != nullptr ? CLONE_PIDFD : 0);
  args.pidfd = reinterpret_cast<uint64_t>(pidfd);
  args.exit_signal = SIGCHLD;
  if (cgroups.unified) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<uint64_t>(cgroups.directory);
  }
  const pid_t pid = static_cast<pid_t>(syscall(SYS_clone3, &args, sizeof args));
  require(pid >= 0, "clone3");
  return pid;
}

void join(const Cgroups& cgroups) {
  for (const int tasks : cgroups.tasks) require(write(tasks, "0", 1) == 1, "join");
}

struct Init {
  const Cgroups& cgroups;
  const char* root;
  const char* program;
  int go;  // a byte comes when it may begin
};

[[noreturn]] void runInit(const Init& init) {
  char byte;
  require(read(init.go, &byte, 1) == 1, "go");
  join(init.cgroups);
  setsid();
  require(unshare(CLONE_NEWCGROUP) == 0, "unshare");
  mountAll(init.root);
  require(syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0, "pivot_root");
  require(chdir("/") == 0 && sethostname("floor", 5) == 0, "chdir");
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  int locked = 0;
  require(master >= 0 && ioctl(master, TIOCSPTLCK, &locked) == 0, "ptmx");
  const int slave = open("/dev/pts/0", O_RDWR);
  require(slave >= 0, "pts/0");
  for (int fd = 0; fd < 3; ++fd) dup2(slave, fd);
  execute(init.program, "1000");
}

constexpr uint64_t kNamespaces =
    CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET;

class Floor {
 public:
  explicit Floor(const char* root) : root_(root) {}

  void start(const char* program) {
    running_.cgroups = makeCgroups();
    int go[2];
    int executed[2];
    require(pipe2(go, O_CLOEXEC) == 0 && pipe2(executed, O_CLOEXEC) == 0, "pipe");
    running_.pid = cloneInto(running_.cgroups, kNamespaces, &running_.pidfd);
    if (running_.pid == 0) runInit({running_.cgroups, root_, program, go[0]});
    close(executed[1]);
    char byte;
    require(write(go[1], "x", 1) == 1 && read(executed[0], &byte, 1) == 0, "exec");
    for (const int fd : {go[0], go[1], executed[0]}) close(fd);
  }

  void destroy() {
    kill(running_.pid, SIGKILL);
    remove();
  }

  // From its end to the removal of its cgroups.
  void remove() {
    waitpid(running_.pid, nullptr, 0);
    const Cgroups& cgroups = running_.cgroups;
    for (const int tasks : cgroups.tasks) close(tasks);
    if (cgroups.directory >= 0) close(cgroups.directory);
    for (const std::string& path : cgroups.paths) rmdir(path.c_str());
    close(running_.pidfd);
  }

  void exec() {
    const pid_t joiner = cloneInto(running_.cgroups, 0, nullptr);
    if (joiner == 0) {
      join(running_.cgroups);
      constexpr int kJoined = static_cast<int>(kNamespaces | CLONE_NEWCGROUP);
      require(setns(running_.pidfd, kJoined) == 0, "setns");
      const pid_t command = fork();
      require(command >= 0, "fork");
      if (command == 0) execute("/bin/true", nullptr);
      _exit(waitForSuccess(command) ? 0 : 111);
    }
    require(waitForSuccess(joiner), "exec");
  }

 private:
  static bool waitForSuccess(pid_t pid) {
    int status = -1;
    return waitpid(pid, &status, 0) == pid && status == 0;
  }

  const char* root_;
  Container running_;
};

void act(Floor& floor, const std::string& word) {
  if (word == "start") return floor.start("/bin/sleep");
  if (word == "destroy") return floor.destroy();
  if (word == "exec") return floor.exec();
  require(word == "run", word.c_str());
  floor.start("/bin/true");
  floor.remove();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Floor floor(argv[1]);
  for (std::string word; std::getline(std::cin, word);) {
    const double before = cpu();
    const double started = now();
    act(floor, word);
    const double taken = now() - started;
    printf("%.3f %.3f\n", taken, cpu() - before);
    fflush(stdout);
  }
  return 0;
}
