// Why execve(2) failed, for programs that fail in each way: the kernel is asked first, and its
// errno is explained. Argument: an empty folder.
#include "native/monitor/exec-failure.h"

#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

fs::path folder;

std::string make(const std::string& name, std::string_view content,
                 fs::perms permissions = fs::perms(0755)) {
  const fs::path path = folder / name;
  std::ofstream(path, std::ios::binary) << content;
  fs::permissions(path, permissions);
  return path;
}

struct Expected {
  int error;
  ExecReason reason;
  std::string subject;
};

void expectFailure(const std::string& program, const Expected& expected) {
  char* arguments[] = {nullptr, nullptr};
  std::string name = program;
  arguments[0] = name.data();
  char* environment[] = {nullptr};
  execve(program.c_str(), arguments, environment);
  const int error = errno;
  assert(error == expected.error);
  const ExecFailure why = explainExecFailure(program, error);
  assert(why.reason == expected.reason && why.subject == expected.subject);
}

// A 64-bit header of this machine, and one PT_INTERP with `interpreter`.
std::string dynamicProgram(const std::string& interpreter) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  const std::string self = contentOf("/proc/self/exe");
  std::memcpy(&header, self.data(), sizeof header);
  header.e_phoff = sizeof header;
  header.e_phnum = 2;
  header.e_type = ET_DYN;
  Elf64_Phdr load{};
  load.p_type = PT_LOAD;
  load.p_flags = PF_R | PF_X;
  load.p_filesz = load.p_memsz = 0x1000;
  load.p_align = 0x1000;
  Elf64_Phdr segment{};
  segment.p_type = PT_INTERP;
  segment.p_offset = sizeof header + 2 * sizeof segment;
  segment.p_filesz = interpreter.size() + 1;
  std::string bytes(0x1000, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + sizeof header, &segment, sizeof segment);
  std::memcpy(bytes.data() + sizeof header + sizeof segment, &load, sizeof load);
  std::memcpy(bytes.data() + segment.p_offset, interpreter.c_str(), segment.p_filesz);
  return bytes;
}

std::string ofMachine(Elf64_Half machine) {
  std::string bytes = dynamicProgram("/lib/ld.so");
  std::memcpy(bytes.data() + offsetof(Elf64_Ehdr, e_machine), &machine, sizeof machine);
  return bytes;
}

void whatIsMissingIsNamed() {
  const std::string program = folder / "nothing";
  expectFailure(program, {ENOENT, ExecReason::kMissing, program});
  expectFailure(make("script", "#!/no/such/sh -e\n"),
                {ENOENT, ExecReason::kInterpreterMissing, "/no/such/sh"});
  expectFailure(make("blanks", "#! \t/no/such/sh\n"),
                {ENOENT, ExecReason::kInterpreterMissing, "/no/such/sh"});
  expectFailure(make("dynamic", dynamicProgram("/no/such/ld.so")),
                {ENOENT, ExecReason::kInterpreterMissing, "/no/such/ld.so"});
}

void aRefusalSaysWhoRefused() {
  const std::string plain = make("plain", "#!/bin/sh\n", fs::perms(0644));
  expectFailure(plain, {EACCES, ExecReason::kNotExecutable, plain});
  expectFailure(make("indirect", "#!" + plain + "\n"), {EACCES, ExecReason::kNotExecutable, plain});
  expectFailure(folder, {EACCES, ExecReason::kNotAFile, folder});
  expectFailure(make("directory-interpreter", "#!" + folder.native() + "\n"),
                {EACCES, ExecReason::kNotAFile, folder});
}

void anotherFormatIsNoProgram() {
  const std::string text = make("text", "echo hello\n");
  expectFailure(text, {ENOEXEC, ExecReason::kNotAProgram, text});
  const std::string empty = make("empty", "");
  expectFailure(empty, {ENOEXEC, ExecReason::kNotAProgram, empty});
  const std::string cut = make("cut", dynamicProgram("/lib/ld.so").substr(0, 20));
  expectFailure(cut, {ENOEXEC, ExecReason::kNotAProgram, cut});
  const std::string foreign = make("foreign", ofMachine(EM_S390));
  expectFailure(foreign, {ENOEXEC, ExecReason::kWrongArchitecture, foreign});
}

// In a mount namespace of its own, so that nothing is left.
void aNoexecMountIsNamed() {
  const int user = geteuid() == 0 ? 0 : CLONE_NEWUSER;
  check(unshare(CLONE_NEWNS | user), "unshare");
  check(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr), "mount", "/");
  const std::string target = folder / "mounted";
  fs::create_directory(target);
  check(mount("none", target.c_str(), "tmpfs", MS_NOEXEC, nullptr), "mount", target);
  expectFailure(make("mounted/program", "#!/bin/sh\n"), {EACCES, ExecReason::kNoexecMount, target});
  expectFailure(make("outer", "#!" + target + "/program\n"),
                {EACCES, ExecReason::kNoexecMount, target});
}

// Whatever lies in the container is read, but never believed.
void hostileFilesAreHarmless() {
  std::string endless = dynamicProgram("/lib/ld.so");
  Elf64_Ehdr header;
  std::memcpy(&header, endless.data(), sizeof header);
  header.e_phoff = ~0UL - 8;
  header.e_phnum = 0xffff;
  std::memcpy(endless.data(), &header, sizeof header);
  std::string large = dynamicProgram("/lib/ld.so");
  large[sizeof header + offsetof(Elf64_Phdr, p_filesz) + 5] = '\x7f';
  std::string narrow = dynamicProgram("/lib/ld.so");
  narrow[EI_CLASS] = ELFCLASS32;
  for (const std::string& content : {std::string("#!"), std::string("#! \t "), std::string("#!\n"),
                                     std::string("\x7f"
                                                 "ELF"),
                                     endless, large, narrow, "#!" + std::string(300, 'x')}) {
    const std::string program = make("hostile", content);
    for (const int error : {ENOENT, EACCES, ENOEXEC, ENOMEM}) {
      const ExecFailure why = explainExecFailure(program, error);
      assert(!why.subject.empty());
    }
  }
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc::test;
  folder = std::filesystem::canonical(argv[1]);
  whatIsMissingIsNamed();
  aRefusalSaysWhoRefused();
  anotherFormatIsNoProgram();
  hostileFilesAreHarmless();
  aNoexecMountIsNamed();
}
