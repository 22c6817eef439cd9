// Makes system calls, each in a child of its own, and says what errno each had (0: none), one a
// line. Standard input: the words of a filter (none: no filter), after their count; then the calls,
// as "native" or "i386", number and six arguments. With "constants": the numbers of this machine's
// headers that filters are made of. Descriptor 10 is a terminal's; "i386" is int 0x80.
#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr int kTerminal = 10;

using Arguments = std::array<uint64_t, 6>;

int callNative(uint64_t number, const Arguments& a) {
  const long result = syscall(static_cast<long>(number), a[0], a[1], a[2], a[3], a[4], a[5]);
  return result == -1 ? errno : 0;
}

int callI386([[maybe_unused]] uint64_t number, [[maybe_unused]] const Arguments& a) {
#ifdef __x86_64__
  // All but the sixth argument, which would take the frame pointer.
  int64_t result = static_cast<int64_t>(number);
  asm volatile("int $0x80"
               : "+a"(result)
               : "b"(a[0]), "c"(a[1]), "d"(a[2]), "S"(a[3]), "D"(a[4])
               : "memory", "cc", "r8", "r9", "r10", "r11");
  const auto low = static_cast<int32_t>(result);
  return low < 0 && low > -4096 ? -low : 0;
#else
  return ENOSYS;
#endif
}

int errnoInChild(std::string_view table, uint64_t number, const Arguments& arguments) {
  const pid_t child = fork();
  assert(child >= 0);
  if (child == 0) {
    const int error = table == "i386" ? callI386(number, arguments) : callNative(number, arguments);
    _exit(error);
  }
  int status = 0;
  assert(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Without no_new_privs, as a container's init does it.
void install(const std::vector<uint32_t>& words) {
  sock_fprog program{};
  program.len = static_cast<unsigned short>(words.size() / 2);
  program.filter = reinterpret_cast<sock_filter*>(const_cast<uint32_t*>(words.data()));
  static_assert(sizeof(sock_filter) == 2 * sizeof(uint32_t));
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) {
    std::cerr << "seccomp: errno " << errno << "\n";
    exit(1);
  }
}

void openTerminal() {
  const int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  assert(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
  const int slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  assert(slave >= 0 && dup2(slave, kTerminal) == kTerminal);
}

void printConstants() {
  const std::pair<const char*, uint32_t> constants[] = {
      {"TIOCSTI", TIOCSTI},
      {"TIOCLINUX", TIOCLINUX},
      {"AF_ALG", AF_ALG},
      {"AF_VSOCK", AF_VSOCK},
      {"x86_64", AUDIT_ARCH_X86_64},
      {"i386", AUDIT_ARCH_I386},
      {"aarch64", AUDIT_ARCH_AARCH64},
      {"arm", AUDIT_ARCH_ARM},
      {"load", BPF_LD | BPF_W | BPF_ABS},
      {"and", BPF_ALU | BPF_AND | BPF_K},
      {"jumpIfEqual", BPF_JMP | BPF_JEQ | BPF_K},
      {"jumpIfAtLeast", BPF_JMP | BPF_JGE | BPF_K},
      {"jump", BPF_JMP | BPF_JA},
      {"return", BPF_RET | BPF_K},
      {"allow", SECCOMP_RET_ALLOW},
      {"denied", SECCOMP_RET_ERRNO | EPERM},
      {"unknown", SECCOMP_RET_ERRNO | ENOTTY},
      {"absent", SECCOMP_RET_ERRNO | ENOSYS},
      {"number", offsetof(seccomp_data, nr)},
      {"architecture", offsetof(seccomp_data, arch)},
      {"arguments", offsetof(seccomp_data, args)},
      {"mostInstructions", BPF_MAXINSNS},
  };
  for (const auto& [name, value] : constants) std::cout << name << " " << value << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "constants") {
    printConstants();
    return 0;
  }
  size_t count = 0;
  assert(std::cin >> count);
  std::vector<uint32_t> words(count);
  for (uint32_t& word : words) assert(std::cin >> word);
  openTerminal();
  if (!words.empty()) install(words);
  std::string table;
  uint64_t number = 0;
  while (std::cin >> table >> number) {
    Arguments arguments{};
    for (uint64_t& argument : arguments) assert(std::cin >> argument);
    std::cout << errnoInChild(table, number, arguments) << std::endl;
  }
  return 0;
}
