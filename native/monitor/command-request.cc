#include "native/monitor/command-request.h"

#include <cstdio>
#include <cstring>

#include "native/base/bytes.h"

namespace tslxc {

std::optional<TerminalRequest> terminalRequest(int argc, char** argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::strcmp(argv[i], "--terminal") != 0) continue;
    unsigned owner = 0;
    WindowSize size;
    constexpr int kFields = 3;
    if (std::sscanf(argv[i + 1], "%u:%hu:%hu", &owner, &size.rows, &size.columns) != kFields) {
      throw MalformedBytes{"terminal"};
    }
    return TerminalRequest{owner, size};
  }
  return {};
}

bool isDetached(int argc, char** argv) { return std::strcmp(argv[argc - 1], "--detached") == 0; }

}  // namespace tslxc
