// The keeper: the mode of this executable that keeps one daemon running. It starts the program,
// starts it again when it dies, and ends it and itself when told to. It knows nothing of what the
// program is for.
//
//   tslxc-keeper --keep [--name NAME] --lock FILE --pid FILE --daemon-pid FILE --descriptors N
//                -- PROGRAM ARGUMENTS…
//
// Passed descriptors: the folder of FILEs, a log to append to, and the `tasks` of v1 cgroups to
// enter. While the keeper lives, byte 0 of the lock file is locked, and the file contains the
// keeper's pid.
//
// The program daemonizes in the classic way: it exits with 0 once its daemon serves and has written
// its pid, and with another status if that fails. Since the keeper is the first process of a PID
// namespace, the daemon becomes its child. The keeper translates the daemon's pid into the host's,
// and keeps it in the pid file while the daemon serves.
//
// On the channel the keeper sends one answer and closes it: "started\n", or "failed\n" and what the
// program wrote to standard error, or "error ERRNO CALL SUBJECT\n".
//
// SIGTERM ends it; SIGHUP is ignored.
#pragma once

namespace tslxc {

// True when the arguments ask for it.
bool isKeeper(int argc, char** argv);

// Runs until it is told to end, or until the first start fails. Returns the exit code.
int keep(int argc, char** argv);

}  // namespace tslxc
