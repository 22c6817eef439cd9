// The attendant of one command in a running container: a mode of the monitor's executable, on the
// host. It starts the command by a joiner, tells the caller of its end, and when it is asked to, or
// the caller is gone, ends all that the command has started.
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
// A hostile root of the container can trace the processes inside and speak for them: they are
// believed only in what concerns the command itself. Nor may that root learn by its
// socket who the attendant is (native/monitor/anonymous-pair.h): orders to the guardian go by a
// pipe.
#pragma once

namespace tslxc {

bool isAttendant(int argc, char** argv);

// Returns the exit status of the process.
int attend(int argc, char** argv);

}  // namespace tslxc
