// What the caller of a command requests: its terminal, and whether it goes on without the caller.
#pragma once

#include <sys/types.h>

#include <optional>

#include "native/base/pty.h"

namespace tslxc {

// Who owns the terminal of the command on the host, and its first size.
struct TerminalRequest {
  uid_t owner = 0;
  WindowSize size;
};

// `--terminal OWNER:ROWS:COLUMNS` among the arguments; nothing when the command has pipes. Throws
// MalformedBytes for a value of another form.
std::optional<TerminalRequest> terminalRequest(int argc, char** argv);

// Whether `--detached` is the last argument: then the command, once executed, goes on without its
// caller. In an earlier place the word can be the name of a domain.
bool isDetached(int argc, char** argv);

}  // namespace tslxc
