// Ways out of a console that carry bare bytes: a host pty that any terminal program can open, and a
// descriptor that the caller gave (a pty master, a socket or a pipe).
#pragma once

#include <string>

#include "native/base/fd.h"
#include "native/base/pty.h"
#include "native/monitor/console.h"
#include "native/monitor/event-loop.h"

namespace tslxc {

// Copies both ways between a descriptor and a console.
class RawFollower : public Source, public Follower {
 public:
  RawFollower(Fd descriptor, Console& console);
  ~RawFollower() override;

  int descriptor() const override { return descriptor_.get(); }
  uint32_t wanted() const override;
  void ready(uint32_t events) override;

  bool gone() const { return gone_; }
  // Whether it is a pty's master whose slave no process has open.
  bool hungUp() const { return hungUp_; }
  // Starts following with the next output, or stops.
  void follow();
  void unfollow();
  void pump();
  bool drained() const {
    return !following_ || gone_ || hungUp_ || position() == console_.output().end();
  }

 private:
  void readInput();

  Fd descriptor_;
  Console& console_;
  bool following_ = false;
  bool blocked_ = false;
  // A pty master whose slave no process has open: watched edge-triggered, or the loop would spin.
  bool hungUp_ = false;
  bool gone_ = false;
};

// A pty of the host whose slave is /dev/pts/N there, raw for the process that opens it. Its master
// tells whether any process has it open: it reports a hang-up while none has, and then nothing is
// written. inotify(7) reports an opening, which the master doesn't; epoll reports the last close.
// inotify's events are not counted, since it merges equal ones.
class HostTerminal : public Source {
 public:
  // `pty` is raw, and may have been opened by others already.
  HostTerminal(Pty pty, Console& console);

  int descriptor() const override { return watch_.get(); }
  uint32_t wanted() const override { return EPOLLIN; }
  void ready(uint32_t events) override;

  // False when the host has too few inotify instances left (fs.inotify.max_user_instances, 128 by
  // default): then the supervisor has to call lookAgain() regularly.
  bool watched() const { return watch_.valid(); }
  void lookAgain();

  RawFollower& follower() { return follower_; }
  // Sends what there is, or finds out that the last process has closed the terminal.
  void pump();
  // True when the process that has it open has read everything: what is unread is lost when the
  // master closes.
  bool drained();

 private:
  void watch(unsigned index);
  Fd openSlave() const;
  void takeEvents();
  void lookAtMaster();
  void open();
  void close();

  Fd watch_;
  RawFollower follower_;
  enum class State { open, closed } state_ = State::closed;
};

// The console's own pty as a source.
class ConsoleSource : public Source {
 public:
  explicit ConsoleSource(Console& console) : console_(console) {}

  int descriptor() const override { return console_.master(); }
  uint32_t wanted() const override;
  void ready(uint32_t events) override;

  bool waiting() const { return waiting_; }
  bool ended() const { return ended_; }
  // Tries again to drain.
  void retryDrain();
  // To be called when the console has got another pty.
  void renew() { waiting_ = ended_ = false; }

 private:
  Console& console_;
  bool waiting_ = false;
  bool ended_ = false;
};

}  // namespace tslxc
