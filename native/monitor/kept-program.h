// One life of the daemon that the keeper keeps, from its start to its end, with what it says. For
// the first process of a PID namespace only: everything else there is taken to be the daemon's.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// What to run, and where the pids are.
struct KeptCommand {
  std::vector<char*> argv;  // ends with a null pointer
  int directory = -1;
  std::string pidFile;
  // By the daemon itself, with the number that it has in this namespace.
  std::string daemonPidFile;
};

class KeptProgram {
 public:
  // Starts it: /dev/null as 0 and 1, a pipe as 2, default signals, no other descriptor. Throws
  // SyscallError.
  explicit KeptProgram(const KeptCommand& command);
  KeptProgram(const KeptProgram&) = delete;
  KeptProgram& operator=(const KeptProgram&) = delete;
  // Kills whatever is left, waits for it, and takes the pid files away.
  ~KeptProgram();

  // The process that was started; it ends when the daemon serves.
  pid_t launcher() const { return launcher_; }
  // The daemon, once `findDaemon` has found it alive; otherwise 0.
  pid_t daemon() const { return daemon_; }
  // False when there is none. Then its pid, as the host has it, is in the pid file.
  bool findDaemon();

  // Readable when something was said; -1 once nothing more can be.
  int words() const { return words_.get(); }
  void readWords();
  // The last that was written to standard error.
  const std::string& said() const { return said_; }

  void signal(int number) const;

 private:
  const KeptCommand& command_;
  Fd words_;
  pid_t launcher_ = 0;
  pid_t daemon_ = 0;
  std::string said_;
};

}  // namespace tslxc
