// One run of the daemon that the keeper keeps, from its start to its end, with its error output.
// For the first process of a PID namespace only: all others there are taken to be the daemon's.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

// What to run, and where the pid files are.
struct KeptCommand {
  std::vector<char*> argv;  // ends with a null pointer
  int directory = -1;
  std::string pidFile;
  // Written by the daemon itself, with the pid that it has in this namespace.
  std::string daemonPidFile;
};

class KeptProgram {
 public:
  // Starts it: /dev/null as 0 and 1, a pipe as 2, default signals, no other descriptor. Throws
  // SyscallError.
  explicit KeptProgram(const KeptCommand& command);
  KeptProgram(const KeptProgram&) = delete;
  KeptProgram& operator=(const KeptProgram&) = delete;
  // Kills whatever is left, waits for it, and removes the pid files.
  ~KeptProgram();

  // The process that was started; it exits once the daemon serves.
  pid_t launcher() const { return launcher_; }
  // The daemon, once `findDaemon` has found it alive; otherwise 0.
  pid_t daemon() const { return daemon_; }
  // `unknown` when that can't be found out now.
  enum class Found { yes, no, unknown };
  Found findDaemon();
  // Writes the daemon's pid on the host to the pid file. Throws SyscallError.
  void recordDaemon() const;

  // Readable when there is error output; -1 once there can be no more.
  int words() const { return words_.get(); }
  void readWords();
  // The last 2000 bytes that were written to standard error.
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
