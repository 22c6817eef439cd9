#include "native/monitor/exec-failure.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "native/base/fd.h"

namespace tslxc {
namespace {

#if defined(__x86_64__)
constexpr Elf64_Half kMachine = EM_X86_64;
constexpr Elf64_Half kSibling = EM_386;
#elif defined(__aarch64__)
constexpr Elf64_Half kMachine = EM_AARCH64;
constexpr Elf64_Half kSibling = EM_ARM;
#else
constexpr Elf64_Half kMachine = EM_NONE;
constexpr Elf64_Half kSibling = EM_NONE;
#endif

std::string readAt(int fd, uint64_t offset, size_t size) {
  std::string bytes(size, '\0');
  const ssize_t count = pread(fd, bytes.data(), size, static_cast<off_t>(offset));
  bytes.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return bytes;
}

std::string scriptInterpreter(const std::string& head) {
  const size_t start = head.find_first_not_of(" \t", 2);
  if (start == std::string::npos) return {};
  return head.substr(start, head.find_first_of(" \t\n", start) - start);
}

// PT_INTERP of an ELF file of either class; empty when it is static.
template <typename Header, typename Segment>
std::string elfInterpreter(int fd) {
  Header header;
  const std::string bytes = readAt(fd, 0, sizeof header);
  if (bytes.size() < sizeof header) return {};
  std::memcpy(&header, bytes.data(), sizeof header);
  constexpr size_t kLongestPath = 4096;
  for (unsigned i = 0; i < header.e_phnum && i < 128; ++i) {
    Segment segment;
    const std::string raw = readAt(fd, header.e_phoff + i * sizeof segment, sizeof segment);
    if (raw.size() < sizeof segment) return {};
    std::memcpy(&segment, raw.data(), sizeof segment);
    if (segment.p_type != PT_INTERP || segment.p_filesz > kLongestPath) continue;
    return std::string(readAt(fd, segment.p_offset, segment.p_filesz).c_str());
  }
  return {};
}

bool isElf(const std::string& head) { return head.compare(0, SELFMAG, ELFMAG) == 0; }

Elf64_Half machineOf(const std::string& head) {
  Elf64_Half machine = EM_NONE;
  constexpr size_t kOffset = offsetof(Elf64_Ehdr, e_machine);
  if (head.size() >= kOffset + sizeof machine) {
    std::memcpy(&machine, head.data() + kOffset, sizeof machine);
  }
  return machine;
}

std::string interpreterOf(int fd, const std::string& head) {
  if (head.compare(0, 2, "#!") == 0) return scriptInterpreter(head);
  if (!isElf(head) || head.size() <= EI_CLASS) return {};
  return head[EI_CLASS] == ELFCLASS64 ? elfInterpreter<Elf64_Ehdr, Elf64_Phdr>(fd)
                                      : elfInterpreter<Elf32_Ehdr, Elf32_Phdr>(fd);
}

// The mount point of the mount that `program` lies on, from the fifth column of mountinfo;
// `program` itself if that can't be found out.
std::string mountPointOf(const std::string& program) {
  struct statx state;
  if (statx(AT_FDCWD, program.c_str(), 0, STATX_MNT_ID, &state) != 0) return program;
  const Fd file(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC));
  std::string text;
  for (std::string part; !(part = readAt(file.get(), text.size(), 16384)).empty();) text += part;
  const std::string id = std::to_string(state.stx_mnt_id) + " ";
  for (size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
    if (text.compare(line, id.size(), id) == 0) {
      size_t start = line;
      for (int column = 0; column < 4; ++column) start = text.find(' ', start) + 1;
      return text.substr(start, text.find(' ', start) - start);
    }
    if (text.find('\n', line) == std::string::npos) break;
  }
  return program;
}

ExecFailure explainRefusal(const std::string& program) {
  struct stat state;
  if (stat(program.c_str(), &state) != 0) return {ExecReason::kOther, program};
  if (!S_ISREG(state.st_mode)) return {ExecReason::kNotAFile, program};
  struct statvfs mount;
  if (statvfs(program.c_str(), &mount) == 0 && (mount.f_flag & ST_NOEXEC) != 0) {
    return {ExecReason::kNoexecMount, mountPointOf(program)};
  }
  if ((state.st_mode & 0111) == 0) return {ExecReason::kNotExecutable, program};
  return {ExecReason::kOther, program};
}

}  // namespace

ExecFailure explainExecFailure(const std::string& program, int error) {
  const Fd file(open(program.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const bool isMissing = !file.valid() && (errno == ENOENT || errno == ENOTDIR);
  if (error == ENOENT && isMissing) return {ExecReason::kMissing, program};
  const std::string head = readAt(file.get(), 0, 256);
  const std::string interpreter = interpreterOf(file.get(), head);
  if (error == ENOENT && !interpreter.empty()) {
    return {ExecReason::kInterpreterMissing, interpreter};
  }
  if (error == EACCES) {
    const ExecFailure own = explainRefusal(program);
    if (own.reason != ExecReason::kOther || interpreter.empty()) return own;
    return explainRefusal(interpreter);
  }
  if (error == ENOEXEC && isElf(head)) {
    const Elf64_Half machine = machineOf(head);
    const bool ours = machine == kMachine || machine == kSibling;
    return {ours ? ExecReason::kNotAProgram : ExecReason::kWrongArchitecture, program};
  }
  if (error == ENOEXEC) return {ExecReason::kNotAProgram, program};
  return {ExecReason::kOther, program};
}

}  // namespace tslxc
