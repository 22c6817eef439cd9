// copyTree and removeTree under the sanitizers: a tree that is deeper than directories are kept
// open, with links, holes and names of all kinds, is copied and removed; a failure names its path.
// Argument: an empty folder.
#include "native/base/tree-copy.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include "native/base/fd.h"
#include "native/base/tree-removal.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 150;

Fd open(const fs::path& path) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  return Fd(check(::open(path.c_str(), kFlags), "open", path.native()));
}

const WalkReport kNothing = [](uint64_t) {};

// Directories "d", each with a file, a second name of that, and a link to nowhere.
fs::path makeTree(const fs::path& top) {
  fs::path at = top;
  for (int level = 0; level < kDepth; ++level) {
    fs::create_directories(at);
    std::ofstream(at / "file") << "level " << level;
    fs::create_hard_link(at / "file", at / "name with\nnewline");
    fs::create_symlink("nowhere", at / "link");
    at /= "d";
  }
  fs::create_directories(at);
  fs::resize_file((fs::path(top) / "file"), 1 << 20);
  return at;
}

size_t countBelow(const fs::path& top) {
  size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(top)) {
    static_cast<void>(entry);
    ++count;
  }
  return count;
}

void everythingIsCopied(const fs::path& folder) {
  const fs::path from = folder / "from";
  const fs::path to = folder / "to";
  makeTree(from);
  fs::create_directory(to);
  uint64_t visited = 0;
  copyTree(open(from).get(), open(to).get(), [&](uint64_t count) { visited = count; });
  assert(countBelow(from) == countBelow(to));
  assert(visited == countBelow(from) + 1);
  assert(fs::hard_link_count(to / "d" / "file") == 2);
  assert(fs::equivalent(to / "d" / "file", to / "d" / "name with\nnewline"));
  assert(fs::read_symlink(to / "d" / "link") == "nowhere");
  assert(fs::file_size(to / "file") == 1 << 20);
}

void aFailureNamesItsPath(const fs::path& folder) {
  const fs::path from = folder / "named";
  const fs::path to = folder / "taken";
  fs::create_directories(from / "a");
  fs::create_directories(to);
  std::ofstream(to / "a");
  try {
    copyTree(open(from).get(), open(to).get(), kNothing);
    assert(false);
  } catch (const SyscallError& failure) {
    assert(failure.error == EEXIST);
    assert(failure.subject == "a");
  }
}

// Two pieces with a hole between them: progress is told after each, unless they are cloned at once.
fs::path makePieces(const fs::path& from) {
  fs::create_directories(from);
  const fs::path file = from / "file";
  std::ofstream(file) << "first";
  fs::resize_file(file, 8 << 20);
  std::ofstream(file, std::ios::app) << "last";
  return file;
}

// Runs `change` at each progress; the errno that ends the copy, or 0.
int copyWhile(const fs::path& from, const fs::path& to, const WalkReport& change) {
  fs::create_directory(to);
  try {
    copyTree(open(from).get(), open(to).get(), change);
    return 0;
  } catch (const SyscallError& failure) {
    assert(std::string(failure.syscall) == "fstat");
    return failure.error;
  }
}

void aFileThatWasWrittenToIsCopiedAnew(const fs::path& folder) {
  const fs::path from = folder / "written";
  const fs::path file = makePieces(from);
  int changes = 0;
  const int failure = copyWhile(from, folder / "written-copy", [&](uint64_t) {
    if (changes++ == 0) std::ofstream(file, std::ios::app) << "more";
  });
  assert(failure == 0);
  assert(changes > 1);
  // A clone is made before the change, in one piece.
  const auto size = fs::file_size(folder / "written-copy" / "file");
  assert(size == fs::file_size(file) || size == fs::file_size(file) - 4);
}

// False where files are cloned at once: then nothing can be written in between.
bool isCopiedInPieces(const fs::path& folder) {
  const fs::path from = folder / "pieces";
  makePieces(from);
  int told = 0;
  assert(copyWhile(from, folder / "pieces-copy", [&](uint64_t) { ++told; }) == 0);
  return told > 1;
}

void whatIsWrittenToAllTheTimeIsGivenUp(const fs::path& folder) {
  const fs::path from = folder / "busy";
  const fs::path file = makePieces(from);
  const int failure = copyWhile(from, folder / "busy-copy",
                                [&](uint64_t) { std::ofstream(file, std::ios::app) << "more"; });
  assert(failure == EBUSY);
  // No change of its size is needed for that.
  const fs::path again = folder / "touched";
  const fs::path touched = makePieces(again);
  assert(copyWhile(again, folder / "touched-copy", [&](uint64_t) {
           fs::permissions(touched, fs::perms::owner_read);
           fs::permissions(touched, fs::perms::owner_all);
         }) == EBUSY);
}

void aDirectoryInWhichSomethingIsMadeIsGivenUp(const fs::path& folder) {
  const fs::path from = folder / "growing";
  makePieces(from);
  int made = 0;
  const int failure = copyWhile(from, folder / "growing-copy", [&](uint64_t) {
    std::ofstream(from / ("new" + std::to_string(made++)));
  });
  assert(failure == EBUSY);
}

void allOfItIsRemoved(const fs::path& folder) {
  const fs::path top = folder / "from";
  fs::create_directory_symlink(folder / "to", top / "out");
  const size_t outside = countBelow(folder / "to");
  removeTree({open(folder).get(), "from"}, kNothing);
  assert(!fs::exists(top));
  removeTree({open(folder).get(), "from"}, kNothing);
  assert(countBelow(folder / "to") == outside);
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  const std::filesystem::path folder = std::filesystem::canonical(argv[1]);
  tslxc::test::everythingIsCopied(folder);
  tslxc::test::aFailureNamesItsPath(folder);
  tslxc::test::allOfItIsRemoved(folder);
  tslxc::test::aFileThatWasWrittenToIsCopiedAnew(folder);
  if (!tslxc::test::isCopiedInPieces(folder)) return 0;
  tslxc::test::whatIsWrittenToAllTheTimeIsGivenUp(folder);
  tslxc::test::aDirectoryInWhichSomethingIsMadeIsGivenUp(folder);
}
