// The attendant of one command in a running container: a mode of the monitor's executable, on the
// host. It starts the command through a joiner, and reports the command's end to the caller. On
// request, or when the caller is gone, it kills everything that the command has started.
//
//   caller       attendant          joiner              guardian       command
//     │ spawn (plan) ─▶│ clone into the cgroup ─▶│             (inside)
//     │                │                  │ joins, confines itself
//     │                │                  │ clone, sibling ─▶│
//     │                │◀────────── exits │                  │ clone ───▶│
//     │                │◀─────────────────────────── executing, or failed │
//     │                │◀────────────────────────── ready │        execve
//     │◀────── executed│ looks at its label ([continue]) ▶│
//     │◀─────── exited │◀───────────────────────── exited │          ✕
//
// A hostile root inside the container can trace the processes there and forge their messages, so
// they are believed only about the command itself. Nor may that root learn from the socket which
// process the attendant is (native/monitor/anonymous-pair.h): orders to the guardian go through a
// pipe.
#pragma once

namespace tslxc {

bool isAttendant(int argc, char** argv);

// Returns the exit status of the process.
int attend(int argc, char** argv);

}  // namespace tslxc
