// The keeper: the mode of this executable that keeps one daemon running. It starts the program,
// starts it again when it dies, and ends with it when it is told to. It knows nothing of what the
// program is for.
//
//   tslxc-keeper --keep [--name NAME] --lock FILE --pid FILE --daemon-pid FILE --descriptors N
//                -- PROGRAM ARGUMENTS…
//
// Passed descriptors: the folder of FILEs, a log to append to, and the `tasks` of v1 cgroups to
// enter. Byte 0 of the lock file is locked, and the keeper's pid is its text, while the keeper
// lives.
//
// The program is a daemon of the classic kind: it ends when its daemon serves, with 0, or cannot,
// with anything else; and its daemon has written its pid. Since the keeper is the first process of
// a PID namespace, the daemon becomes its child; it translates that pid into the host's, and has it
// in the pid file while the daemon serves.
//
// On the channel the keeper says one thing and closes it: "started\n", or "failed\n" and what the
// program wrote to standard error, or "error ERRNO CALL SUBJECT\n".
//
// SIGTERM ends it, SIGHUP starts the program anew.
#pragma once

namespace tslxc {

// True when the arguments ask for it.
bool isKeeper(int argc, char** argv);

// Runs until it is ended; the exit code. When the first start fails, that is the end.
int keep(int argc, char** argv);

}  // namespace tslxc
