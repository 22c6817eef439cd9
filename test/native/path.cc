// Paths inside a root that a hostile program has filled: nothing outside of it is opened, and
// nothing made. Argument: an empty folder.
#include "native/base/path.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "test/native/refusal.h"

namespace tslxc::test {
namespace {

namespace fs = std::filesystem;

fs::path folder;

Fd openDirectory(const fs::path& path) {
  return Fd(check(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), "open", path.native()));
}

bool isSame(int opened, const fs::path& expected) {
  struct stat is;
  struct stat should;
  check(fstat(opened, &is), "fstat");
  check(lstat(expected.c_str(), &should), "lstat", expected.native());
  return is.st_dev == should.st_dev && is.st_ino == should.st_ino;
}

bool isSame(const Fd& opened, const fs::path& expected) { return isSame(opened.get(), expected); }

size_t entriesIn(const fs::path& path) {
  return static_cast<size_t>(
      std::distance(fs::recursive_directory_iterator(path), fs::recursive_directory_iterator()));
}

// root/ is the container's, outside/ is the host's, with a file that links in root try to reach.
void build() {
  fs::create_directories(folder / "root/etc");
  fs::create_directories(folder / "outside");
  std::ofstream(folder / "outside/secret") << "secret";
  std::ofstream(folder / "root/etc/hosts") << "hosts";
  fs::create_symlink(folder / "outside", folder / "root/absolute");
  fs::create_symlink("../../../../../../../../../.." + (folder / "outside").native(),
                     folder / "root/upward");
  fs::create_symlink("../outside", folder / "root/sibling");
  fs::create_symlink("/etc", folder / "root/inner");
  fs::create_symlink("loop2", folder / "root/loop1");
  fs::create_symlink("loop1", folder / "root/loop2");
  fs::create_symlink("/nothing/here", folder / "root/dangling");
}

void whatIsInsideIsOpened(int root) {
  for (const char* path : {"/etc/hosts", "etc/hosts", "/inner/hosts", "//etc/../etc//hosts",
                           "/../../etc/hosts", "inner/../etc/hosts"}) {
    assert(isSame(openInRoot(root, path, O_PATH), folder / "root/etc/hosts"));
  }
  assert(isSame(openInRoot(root, "/../..", O_PATH), folder / "root"));
  const Fd opened = openInRoot(root, "/etc/hosts", O_RDONLY);
  assert((fcntl(opened.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

void linksStayInside(int root) {
  for (const char* path : {"/absolute/secret", "/upward/secret", "/sibling/secret",
                           "/../outside/secret", "/etc/../../outside/secret"}) {
    assert(errorOf([&] { openInRoot(root, path, O_PATH); }) == ENOENT);
    assert(!openInRootIfThere(root, path, O_PATH).valid());
  }
  assert(errorOf([&] { openInRoot(root, "/loop1", O_PATH); }) == ELOOP);
  assert(errorOf([&] { openInRootIfThere(root, "/loop1/x", O_PATH); }) == ELOOP);
  assert(errorOf([&] { openInRootIfThere(root, "/etc/hosts/x", O_PATH); }) == ENOTDIR);
}

// /proc/PID/root and its like lead where no path leads.
void magicLinksAreRefused() {
  const Fd proc = openDirectory("/proc");
  for (const char* path : {"/self/root", "/self/root/etc/passwd", "/self/cwd", "/self/exe",
                           "/self/fd/0", "/thread-self/root"}) {
    assert(errorOf([&] { openInRoot(proc.get(), path, O_PATH); }) == ELOOP);
    assert(errorOf([&] { openOrMakeInRoot(proc.get(), path, EntryKind::file); }) == ELOOP);
  }
}

mode_t modeOf(const fs::path& path) {
  struct stat state;
  check(lstat(path.c_str(), &state), "lstat", path.native());
  return state.st_mode;
}

void whatIsMissingIsMadeInside(int root) {
  umask(0);
  const Fd directory = openOrMakeInRoot(root, "/srv/a/b", EntryKind::directory);
  assert(isSame(directory, folder / "root/srv/a/b"));
  assert(modeOf(folder / "root/srv/a") == (S_IFDIR | 0755));
  const Fd file = openOrMakeInRoot(root, "/inner/new/file", EntryKind::file);
  assert(isSame(file, folder / "root/etc/new/file"));
  assert(modeOf(folder / "root/etc/new/file") == (S_IFREG | 0644));
  assert(isSame(openOrMakeInRoot(root, "/../../top/", EntryKind::directory), folder / "root/top"));
  assert(isSame(openOrMakeInRoot(root, "plain", EntryKind::file), folder / "root/plain"));
  // What is there is taken as it is.
  assert(isSame(openOrMakeInRoot(root, "/etc/hosts", EntryKind::directory),
                folder / "root/etc/hosts"));
  assert(contentOf(folder / "root/etc/hosts") == "hosts");
}

void nothingIsMadeOutside(int root) {
  const size_t before = entriesIn(folder / "outside");
  for (const char* path : {"/absolute/new", "/upward/new", "/sibling/new/deep", "/dangling",
                           "/dangling/new", "/loop1/new", "/etc/hosts/new"}) {
    for (const EntryKind kind : {EntryKind::directory, EntryKind::file}) {
      assert(errorOf([&] { openOrMakeInRoot(root, path, kind); }) != 0);
    }
  }
  assert(entriesIn(folder / "outside") == before);
  assert(!fs::exists(folder / "nothing") && !fs::exists("/nothing"));
}

void anEntryIsItsParentAndItsName(int root) {
  for (const char* path : {"/inner/hosts", "/inner/hosts//", "inner/hosts"}) {
    const Entry entry = entryInRoot(root, path);
    assert(entry.name == "hosts" && isSame(entry.parent, folder / "root/etc"));
  }
  const Entry top = entryInRoot(root, "name");
  assert(top.name == "name" && top.parent == root && !top.opened.valid());
  const Entry absolute = entryInRoot(root, "/name");
  assert(absolute.name == "name" && isSame(absolute.parent, folder / "root"));
}

// A directory and a link to the outside change places all the time, as fast as the kernel can do
// it.
void aRaceIsNeverWon(int root) {
  fs::create_directories(folder / "root/swap/outside");
  std::ofstream(folder / "root/swap/secret") << "decoy";
  fs::create_symlink(folder / "outside", folder / "root/swapped");
  std::atomic<bool> over = false;
  std::thread attacker([&] {
    const std::string one = folder / "root/swap";
    const std::string other = folder / "root/swapped";
    while (!over)
      syscall(SYS_renameat2, AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
  });
  size_t opened = 0;
  for (int i = 0; i < 20'000; ++i) {
    try {
      const Fd file = openInRoot(root, "/swap/../swap/secret", O_PATH);
      assert(!isSame(file, folder / "outside/secret"));
      ++opened;
    } catch (const SyscallError& cause) {
      // Never EAGAIN: a rename anywhere on the host must not fail a start.
      assert(cause.error == ENOENT);
    }
  }
  over = true;
  attacker.join();
  assert(opened > 0);
}

}  // namespace
}  // namespace tslxc::test

int main(int, char** argv) {
  using namespace tslxc::test;
  folder = std::filesystem::canonical(argv[1]);
  build();
  const tslxc::Fd root = openDirectory(folder / "root");
  whatIsInsideIsOpened(root.get());
  linksStayInside(root.get());
  magicLinksAreRefused();
  whatIsMissingIsMadeInside(root.get());
  nothingIsMadeOutside(root.get());
  anEntryIsItsParentAndItsName(root.get());
  aRaceIsNeverWon(root.get());
}
