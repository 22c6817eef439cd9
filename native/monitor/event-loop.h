// One epoll(7) loop over sources. A source names the events that it wants, and is called when they
// occur.
#pragma once

#include <sys/epoll.h>

#include <cstdint>
#include <vector>

#include "native/base/fd.h"

namespace tslxc {

class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;

  virtual int descriptor() const = 0;
  // The events that it wants now: EPOLLIN, EPOLLOUT, both or none. Asked again in every round.
  virtual uint32_t wanted() const = 0;
  virtual void ready(uint32_t events) = 0;

 private:
  friend class EventLoop;
  bool known_ = false;
  uint32_t registered_ = 0;
};

class EventLoop {
 public:
  EventLoop();

  // Sources must outlive their membership.
  void add(Source& source);
  void remove(Source& source);

  // Waits at most `milliseconds` (-1: for ever) and tells every source that is ready. False when
  // nothing was.
  bool runOnce(int milliseconds);

 private:
  void updateInterests();

  Fd epoll_;
  std::vector<Source*> sources_;
};

}  // namespace tslxc
