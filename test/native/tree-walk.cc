// walkTree: each inode of a tree that is deeper than directories are kept open, and each failure
// with its path, of which a long one is cut in the middle. When a directory is moved away while the
// walk is below it, the way back is lost: the walk ends there, and visits nothing elsewhere.
// Argument: an empty folder.
#include "native/base/tree-walk.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "native/base/fd.h"
#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

constexpr int kDepth = 100;
// Of the directory that is moved: far above those that are kept open.
constexpr int kMoved = 4;
constexpr int kFiles = 20;

ino_t inodeOf(const fs::path& path) {
  struct stat state{};
  check(lstat(path.c_str(), &state), "lstat", path.native());
  return state.st_ino;
}

class Recorder final : public TreeVisitor {
 public:
  Recorder(ino_t bottom, std::function<void()> atBottom)
      : bottom_(bottom), atBottom_(std::move(atBottom)) {}

  void enter(int inode, const std::string&) override { entered.insert(see(inode)); }
  void leave(int inode) override { left.insert(see(inode)); }
  void failed(const SyscallError& failure) override { failures.push_back(failure.subject); }
  void visited() override { ++visits; }

  std::set<ino_t> entered;
  std::set<ino_t> left;
  std::vector<std::string> failures;
  size_t visits = 0;

 private:
  ino_t see(int inode) {
    struct stat state{};
    check(fstat(inode, &state), "fstat");
    if (state.st_ino == bottom_) std::exchange(atBottom_, [] {})();
    return state.st_ino;
  }

  ino_t bottom_;
  std::function<void()> atBottom_;
};

// A tree of directories "d" with files beside the one that may be moved, and files of the same
// names where it is moved to.
struct Tree {
  explicit Tree(const fs::path& folder) : top(folder / "tree"), elsewhere(folder / "elsewhere") {
    bottom = top;
    for (int level = 1; level <= kDepth; ++level) {
      bottom /= "d";
      if (level == kMoved) moved = bottom;
    }
    fs::create_directories(bottom);
    fs::create_directories(elsewhere);
    for (const fs::path& beside : {moved.parent_path(), elsewhere}) {
      for (int file = 0; file < kFiles; ++file) std::ofstream(beside / std::to_string(file));
    }
  }

  Fd open() const {
    return Fd(check(::open(top.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open", top.native()));
  }

  fs::path top;
  fs::path elsewhere;
  fs::path bottom;
  fs::path moved;
};

void everyInodeIsVisited(const Tree& tree) {
  Recorder recorder(inodeOf(tree.bottom), [] {});
  walkTree(tree.open().get(), recorder);
  assert(recorder.entered.size() == 1 + kDepth + kFiles);
  assert(recorder.left == recorder.entered);
  assert(recorder.visits == recorder.entered.size());
  assert(recorder.failures.empty());
}

void aFailureNamesItsPathAndTheWalkGoesOn(const Tree& tree) {
  Recorder recorder(inodeOf(tree.bottom), [] { throw SyscallError{EPERM, "visit", ""}; });
  walkTree(tree.open().get(), recorder);
  const std::vector<std::string> expected{tree.bottom.lexically_relative(tree.top).native()};
  assert(recorder.failures == expected);
  assert(recorder.left.size() == kDepth + kFiles);
}

void aLongPathIsNamedByItsEnds(const fs::path& folder) {
  constexpr int kLevels = 10;
  const std::string name(200, 'd');
  fs::path bottom = folder / "long";
  for (int level = 0; level < kLevels; ++level) bottom /= name;
  fs::create_directories(bottom);
  Recorder recorder(inodeOf(bottom), [] { throw SyscallError{EPERM, "visit", ""}; });
  const fs::path top = folder / "long";
  walkTree(Fd(check(open(top.c_str(), O_PATH | O_CLOEXEC), "open")).get(), recorder);
  const std::string both = name + '/' + name;
  assert(recorder.failures == std::vector<std::string>{both + "/…/" + both});
}

void aMovedDirectoryLeadsNowhereElse(const Tree& tree) {
  std::set<ino_t> outside{inodeOf(tree.elsewhere)};
  for (const fs::directory_entry& file : fs::directory_iterator(tree.elsewhere)) {
    outside.insert(inodeOf(file.path()));
  }
  Recorder recorder(inodeOf(tree.bottom), [&] { fs::rename(tree.moved, tree.elsewhere / "d"); });
  assert(errorOf([&] { walkTree(tree.open().get(), recorder); }) == ESTALE);
  for (const ino_t inode : outside) {
    assert(!recorder.entered.contains(inode));
    assert(!recorder.left.contains(inode));
  }
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  const tslxc::test::Tree tree(std::filesystem::canonical(argv[1]));
  tslxc::test::everyInodeIsVisited(tree);
  tslxc::test::aFailureNamesItsPathAndTheWalkGoesOn(tree);
  tslxc::test::aMovedDirectoryLeadsNowhereElse(tree);
  tslxc::test::aLongPathIsNamedByItsEnds(std::filesystem::canonical(argv[1]));
}
