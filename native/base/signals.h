// The signals of a tslxc-monitor process. It is spawned with all of them at their default action
// and none blocked (monitor-spawn.h), so that only what it changes itself has to be changed back.
#pragma once

namespace tslxc {

// Makes a write to a pipe or socket without a reader an error, instead of the end of the process.
void ignoreBrokenPipes();

// For a program that is executed: every signal at its default action, none blocked.
void restoreSignals();

}  // namespace tslxc
