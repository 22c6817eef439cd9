// Every input that the fuzzers have kept, once more: test/fuzz/corpus/NAME. Arguments: the folder
// of the corpora, and NAME. Tells each before it is tried, so that the last one is that which ended
// the program.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "test/fuzz/targets.h"
#include "test/native/refusal.h"

int main(int argc, char** argv) {
  using namespace tslxc;
  const std::map<std::string, void (*)(std::string_view)> targets{
      {"plan", fuzz::plan},       {"messages", fuzz::messages},   {"netlink", fuzz::netlink},
      {"control", fuzz::control}, {"attendant", fuzz::attendant},
  };
  assert(argc == 3);
  const auto target = targets.at(argv[2]);
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(argv[1]) + "/" + argv[2])) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    const std::string content = test::contentOf(path);
    // Exactly as large as its content, so that a read past the end is noticed.
    const std::vector<char> exact(content.begin(), content.end());
    target({exact.data(), exact.size()});
  }
  assert(!paths.empty());
}
