// What the caller of a command asks of its terminal, and whether it goes on without the caller.
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

// `--terminal OWNER:ROWS:COLUMNS` among the arguments; nothing where the command has pipes. Throws
// MalformedBytes for what does not have this form.
std::optional<TerminalRequest> terminalRequest(int argc, char** argv);

// `--detached` is the last argument: once it is executed, the command goes on without its caller.
// An earlier one can be the name of a domain.
bool isDetached(int argc, char** argv);

}  // namespace tslxc
