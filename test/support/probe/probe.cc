// A program that tells what a process in a container can do. Static, so that it runs in any root.
//
//   probe COMMAND [WORD…] [-- COMMAND [WORD…]]…
//
// Every command prints lines `key<TAB>value`; a value that is an attempt's outcome is `OK` or the
// name of an errno. The last line is `end<TAB>`. As PID 1 the probe then waits to be killed, so
// that its console can be read. Commands and keys are listed in probe.ts.
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "probe-report.h"
#include "whole-filesystems.h"

namespace {

constexpr unsigned long kTiocsti = 0x5412;
constexpr unsigned long kTioclinux = 0x541c;
constexpr unsigned long kBeyond32Bits = 0x100000000;

// fs/exportfs.h: inode number and generation, as ext4 makes its handles.
constexpr int kInodeAndGeneration = 1;

// A group whose events name files, and carry no descriptors.
constexpr unsigned kNamesOnly = FAN_CLASS_NOTIF | FAN_REPORT_DFID_NAME | FAN_NONBLOCK;

// Each field of /proc/self/status that has to do with privilege, and what has no field there.
void status(const Words&) {
  std::istringstream lines(readAll("/proc/self/status"));
  for (std::string line; std::getline(lines, line);) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const size_t value = line.find_first_not_of(" \t", colon + 1);
    std::string text = value == std::string::npos ? "" : line.substr(value);
    for (char& letter : text) letter = letter == '\t' ? ' ' : letter;
    if (text.ends_with(' ')) text.pop_back();
    say("status." + line.substr(0, colon), text);
  }
  say("securebits", std::to_string(prctl(PR_GET_SECUREBITS)));
  say("dumpable", std::to_string(prctl(PR_GET_DUMPABLE)));
  const std::string score = readAll("/proc/self/oom_score_adj");
  say("oom_score_adj", score.substr(0, score.find('\n')));
}

void limits(const Words&) {
  const std::map<std::string, int> resources = {
      {"as", RLIMIT_AS},
      {"core", RLIMIT_CORE},
      {"cpu", RLIMIT_CPU},
      {"data", RLIMIT_DATA},
      {"fsize", RLIMIT_FSIZE},
      {"locks", 10},
      {"memlock", RLIMIT_MEMLOCK},
      {"msgqueue", RLIMIT_MSGQUEUE},
      {"nice", RLIMIT_NICE},
      {"nofile", RLIMIT_NOFILE},
      {"nproc", RLIMIT_NPROC},
      {"rss", RLIMIT_RSS},
      {"rtprio", RLIMIT_RTPRIO},
      {"rttime", 15},
      {"sigpending", RLIMIT_SIGPENDING},
      {"stack", RLIMIT_STACK},
  };
  const auto shown = [](rlim_t value) {
    return value == RLIM_INFINITY ? std::string("unlimited") : std::to_string(value);
  };
  for (const auto& [name, number] : resources) {
    rlimit limit{};
    syscall(SYS_prlimit64, 0, number, nullptr, &limit);
    say("rlimit." + name, shown(limit.rlim_cur) + " " + shown(limit.rlim_max));
  }
}

void keyring(const Words&) {
  char text[256]{};
  const long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
  say("keyring.session", outcome(id));
  if (id >= 0 && syscall(SYS_keyctl, KEYCTL_DESCRIBE, id, text, sizeof text) >= 0) {
    say("keyring.description", text);
  }
  say("keyring.user",
      outcome(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 0)));
}

struct Handle {
  unsigned bytes;
  int type;
  uint32_t inode;
  uint32_t generation;
};

std::string tryHandle(int mount, Handle handle) {
  const long file = syscall(SYS_open_by_handle_at, mount, &handle, O_RDONLY | O_NONBLOCK);
  const std::string result = outcome(file);
  if (file >= 0) close(static_cast<int>(file));
  return result;
}

// handle PATH: prints the numbers that `reach` takes. For the host's side.
void handle(const Words& words) {
  Handle found{8, 0, 0, 0};
  int mount = 0;
  const long result =
      syscall(SYS_name_to_handle_at, AT_FDCWD, words.at(0).c_str(), &found, &mount, 0);
  say("handle.result", outcome(result));
  say("handle.inode", std::to_string(found.inode));
  say("handle.generation", std::to_string(found.generation));
}

// reach INODE GENERATION COUNT: opens the root directory of the file system that "/" lies on, the
// file of that handle, and COUNT handles around it.
void reach(const Words& words) {
  const int root = open("/", O_RDONLY | O_DIRECTORY);
  const uint32_t inode = static_cast<uint32_t>(std::stoul(words.at(0)));
  const uint32_t generation = static_cast<uint32_t>(std::stoul(words.at(1)));
  const uint32_t count = static_cast<uint32_t>(std::stoul(words.at(2)));
  say("reach.root", tryHandle(root, {8, kInodeAndGeneration, 2, 0}));
  say("reach.file", tryHandle(root, {8, kInodeAndGeneration, inode, generation}));
  std::map<std::string, uint32_t> results;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t near = inode > count / 2 ? inode - count / 2 + i : 3 + i;
    // Generation 0 is taken for any by ext4.
    ++results[tryHandle(root, {8, kInodeAndGeneration, near, 0})];
  }
  for (const auto& [result, times] : results) say("reach.around." + result, std::to_string(times));
}

std::string tryIoctl(int terminal, unsigned long request) {
  char argument[64] = {request % kBeyond32Bits == kTioclinux ? char{6} : '\n'};
  return outcome(syscall(SYS_ioctl, terminal, request, argument));
}

void terminal(const Words&) {
  const int controlling = open("/dev/tty", O_RDWR | O_NOCTTY);
  say("terminal.open", outcome(controlling));
  for (const auto& [name, fd] : std::map<std::string, int>{{"stdin", 0}, {"tty", controlling}}) {
    say("terminal." + name + ".TIOCSTI", tryIoctl(fd, kTiocsti));
    say("terminal." + name + ".TIOCSTI+2^32", tryIoctl(fd, kBeyond32Bits | kTiocsti));
    say("terminal." + name + ".TIOCLINUX", tryIoctl(fd, kTioclinux));
    say("terminal." + name + ".TIOCLINUX+2^32", tryIoctl(fd, kBeyond32Bits | kTioclinux));
    say("terminal." + name + ".TIOCGWINSZ", tryIoctl(fd, TIOCGWINSZ));
  }
}

// Whether one of the events that wait carries a file that begins with `text`.
bool carries(int events, const std::string& text) {
  alignas(fanotify_event_metadata) char buffer[65536];
  ssize_t left = read(events, buffer, sizeof buffer);
  bool found = false;
  auto* event = reinterpret_cast<fanotify_event_metadata*>(buffer);
  for (; FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left)) {
    std::string start(text.size(), ' ');
    found |= pread(event->fd, start.data(), start.size(), 0) > 0 && start == text;
    close(event->fd);
  }
  return found;
}

// watch TEXT: is told of every file that is opened on the file system that "/" lies on, and looks
// for one that begins with TEXT.
void watch(const Words& words) {
  int events = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK, O_RDONLY);
  say("watch.group", outcome(events));
  // One whose events name files is left, so that the mark is tried by itself.
  if (events < 0) events = fanotify_init(kNamesOnly, O_RDONLY);
  const unsigned whole = FAN_MARK_ADD | FAN_MARK_FILESYSTEM;
  say("watch.mount",
      outcome(fanotify_mark(events, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "/")));
  const int marked = fanotify_mark(events, whole, FAN_OPEN, AT_FDCWD, "/");
  say("watch.filesystem", outcome(marked));
  bool found = false;
  // By the clock: where others open files all the time, each look has something to read at once.
  for (const time_t end = time(nullptr) + 3; marked == 0 && !found && time(nullptr) < end;) {
    pollfd readable{events, POLLIN, 0};
    if (poll(&readable, 1, 10) == 1) found = carries(events, words.at(0));
  }
  say("watch.found", found ? "yes" : "no");
  close(events);
}

struct Event {
  std::string carries;  // `descriptor` or `name`; `none` without an event for three seconds
  int fd;
};

Event firstEvent(int events) {
  alignas(fanotify_event_metadata) char buffer[4096];
  pollfd readable{events, POLLIN, 0};
  if (poll(&readable, 1, 3000) != 1 || read(events, buffer, sizeof buffer) <= 0) {
    return {"none", FAN_NOFD};
  }
  const int fd = reinterpret_cast<fanotify_event_metadata*>(buffer)->fd;
  return {fd >= 0 ? "descriptor" : "name", fd};
}

// Whether a path that leads up from a descriptor ends at a file that begins with `text`.
bool leadsTo(int fd, const std::string& path, const std::string& text) {
  std::string upwards;
  for (int i = 0; i < 24; ++i) upwards += "../";
  const int file = openat(fd, (upwards + path.substr(1)).c_str(), O_RDONLY | O_CLOEXEC);
  std::string start(text.size(), ' ');
  const bool found = pread(file, start.data(), start.size(), 0) > 0 && start == text;
  close(file);
  return found;
}

// lure FOLDER PATH TEXT: is told who opens a folder of its own, and from what the event carries
// goes up to the host's PATH. Then the same with events that name files.
void lure(const Words& words) {
  const uint64_t mask = FAN_OPEN | FAN_ONDIR | FAN_EVENT_ON_CHILD;
  const char* folder = words.at(0).c_str();
  for (const auto& [name, flags] :
       std::map<std::string, unsigned>{{"descriptors", FAN_CLASS_NOTIF}, {"names", kNamesOnly}}) {
    const std::string key = "lure." + name;
    const int events = fanotify_init(flags, O_RDONLY);
    say(key + ".group", outcome(events));
    if (events < 0) continue;
    say(key + ".mark", outcome(fanotify_mark(events, FAN_MARK_ADD, mask, AT_FDCWD, folder)));
    const Event event = firstEvent(events);
    say(key + ".event", event.carries);
    say(key + ".escaped", leadsTo(event.fd, words.at(1), words.at(2)) ? "yes" : "no");
    close(event.fd);
    close(events);
  }
}

// hold FOLDER: wants to be asked before a folder is opened, and never answers.
void hold(const Words& words) {
  const int events = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);
  say("hold.group", outcome(events));
  say("hold.mark", outcome(fanotify_mark(events, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_ONDIR, AT_FDCWD,
                                         words.at(0).c_str())));
}

// What a container may do to its own terminal, a thousand times over.
void storm(const Words&) {
  termios modes{};
  tcgetattr(0, &modes);
  for (int i = 0; i < 1000; ++i) {
    winsize size{0, static_cast<unsigned short>(i % 2 == 0 ? 65535 : i), 0, 0};
    ioctl(0, TIOCSWINSZ, &size);
    termios other = modes;
    other.c_lflag ^= i % 2 == 0 ? ICANON : ECHO;
    tcsetattr(0, TCSANOW, &other);
  }
  tcsetattr(0, TCSANOW, &modes);
  say("storm.steal", outcome(ioctl(0, TIOCSCTTY, 1)));
  fflush(stdout);
  const std::string hangup = outcome(ioctl(0, TIOCVHANGUP));
  // What was open is dead now.
  const int again = open("/dev/console", O_RDWR | O_NOCTTY);
  for (int fd = 0; fd < 3; ++fd) dup2(again, fd);
  // The hangup may have taken the end of what had not been read, and this would be on the same
  // line.
  fputs("\n", stdout);
  say("storm.hangup", hangup);
  say("storm.reopen", outcome(again));
}

// doors PHASE PATH…: tries to open each for writing. Nothing is ever written.
void doors(const Words& words) {
  for (size_t i = 1; i < words.size(); ++i) {
    const int file = open(words[i].c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    say("door." + words[0] + "." + words[i], outcome(file));
    if (file >= 0) close(file);
  }
}

// remount PATH…: takes the read-only flag off each mount.
void remount(const Words& words) {
  for (const std::string& path : words) {
    say("remount." + path,
        outcome(mount(nullptr, path.c_str(), nullptr, MS_REMOUNT | MS_BIND, nullptr)));
  }
}

// unmount PATH…: takes away what covers each.
void unmount(const Words& words) {
  for (const std::string& path : words) {
    say("unmount." + path, outcome(umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW)));
  }
}

// fresh TYPE TARGET [OPTIONS]: a new mount. Of a type that is not loaded it asks for nothing, so
// that no module is loaded on the host.
void fresh(const Words& words) {
  if (readAll("/proc/filesystems").find("\t" + words.at(0) + "\n") == std::string::npos) {
    say("fresh." + words[0], "ABSENT");
    return;
  }
  mkdir(words.at(1).c_str(), 0755);
  const char* options = words.size() > 2 ? words[2].c_str() : nullptr;
  say("fresh." + words[0], outcome(mount("none", words[1].c_str(), words[0].c_str(), 0, options)));
}

// bind SOURCE TARGET
void bind(const Words& words) {
  mkdir(words.at(1).c_str(), 0755);
  say("bind." + words.at(0),
      outcome(mount(words[0].c_str(), words[1].c_str(), nullptr, MS_BIND, nullptr)));
}

void unshareMounts(const Words&) { say("unshare.mounts", outcome(unshare(0x00020000))); }

// node TYPE MAJOR MINOR PATH: makes a device node, and opens it for reading.
void node(const Words& words) {
  const mode_t type = words.at(0) == "b" ? S_IFBLK : S_IFCHR;
  const dev_t device = makedev(std::stoul(words.at(1)), std::stoul(words.at(2)));
  const char* path = words.at(3).c_str();
  say("node.make", outcome(mknod(path, type | 0600, device)));
  say("node.open", outcome(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)));
}

// grant FILE PERMITTED INHERITABLE: gives a file capabilities, in hexadecimal (capabilities(7),
// xattr of version 2).
void grant(const Words& words) {
  const uint64_t permitted = std::stoull(words.at(1), nullptr, 16);
  const uint64_t inheritable = std::stoull(words.at(2), nullptr, 16);
  const uint32_t data[5] = {
      0x02000000, static_cast<uint32_t>(permitted), static_cast<uint32_t>(inheritable),
      static_cast<uint32_t>(permitted >> 32), static_cast<uint32_t>(inheritable >> 32)};
  say("grant", outcome(setxattr(words.at(0).c_str(), "security.capability", data, sizeof data, 0)));
}

const std::map<std::string, void (*)(const Words&)> commands = {
    {"status", status},         {"limits", limits}, {"keyring", keyring},
    {"handle", handle},         {"reach", reach},   {"terminal", terminal},
    {"storm", storm},           {"doors", doors},   {"remount", remount},
    {"unmount", unmount},       {"fresh", fresh},   {"bind", bind},
    {"unshare", unshareMounts}, {"node", node},     {"grant", grant},
    {"whole", whole},           {"watch", watch},   {"deface", deface},
    {"mounts", mounts},         {"lure", lure},     {"hold", hold},
};

}  // namespace

int main(int count, char** words) {
  setvbuf(stdout, nullptr, _IOFBF, 1 << 16);
  for (int i = 1; i < count;) {
    const auto command = commands.find(words[i++]);
    Words given;
    for (; i < count && std::string(words[i]) != "--"; ++i) given.emplace_back(words[i]);
    ++i;
    if (command == commands.end()) return 2;
    command->second(given);
  }
  say("end", "");
  fflush(stdout);
  while (getpid() == 1) pause();
  return 0;
}
