// Copies both ways between the master of a container's terminal and the caller's stream: Node can't
// wait for a master without blocking. A side that doesn't read holds up the other, and nothing
// else.
#pragma once

#include <poll.h>

#include <string>

#include "native/base/fd.h"
#include "native/base/pty.h"

namespace tslxc {

class TerminalPump {
 public:
  // `stream` is a connected stream socket.
  TerminalPump(Fd master, Fd stream);

  // What to wait for, as two entries of poll(2).
  void prepare(pollfd* entries) const;
  // Milliseconds to wait at most; -1 is for ever.
  int patience() const;
  void handle(const pollfd* entries);

  void resize(WindowSize size);
  // The program has ended: what it has written is still to be delivered.
  void programEnded() { ended_ = true; }
  // Everything has been delivered, and the caller knows it.
  bool done() const { return !stream_.valid(); }

 private:
  void readMaster();
  void writeMaster();
  void readStream();
  void writeStream();
  void hangUp();
  // No more output will come: sends end-of-file and discards the rest of the input, so that the
  // caller sees an end and no failure.
  void sayGoodbye();

  Fd master_;
  Fd stream_;
  std::string output_;
  std::string input_;
  bool inputOver_ = false;
  bool ended_ = false;
  bool closing_ = false;
  int silentTurns_ = 0;
};

}  // namespace tslxc
