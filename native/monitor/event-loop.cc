#include "native/monitor/event-loop.h"

#include <algorithm>
#include <array>

#include "native/base/syscall.h"

namespace tslxc {

EventLoop::EventLoop() : epoll_(check(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

void EventLoop::add(Source& source) { sources_.push_back(&source); }

void EventLoop::remove(Source& source) {
  if (source.known_) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, source.descriptor(), nullptr);
  source.known_ = false;
  std::erase(sources_, &source);
}

// A source that wants nothing is taken out: epoll reports a hang-up whether asked for or not.
void EventLoop::updateInterests() {
  for (Source* source : sources_) {
    const uint32_t wanted = source->wanted();
    if (source->known_ && wanted == source->registered_) continue;
    epoll_event event{};
    event.events = wanted;
    event.data.ptr = source;
    int change = EPOLL_CTL_MOD;
    if (!source->known_) change = EPOLL_CTL_ADD;
    if (wanted == 0) change = EPOLL_CTL_DEL;
    if (wanted == 0 && !source->known_) continue;
    check(epoll_ctl(epoll_.get(), change, source->descriptor(), &event), "epoll_ctl");
    source->known_ = wanted != 0;
    source->registered_ = wanted;
  }
}

bool EventLoop::runOnce(int milliseconds) {
  updateInterests();
  std::array<epoll_event, 16> events;
  const int count =
      epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), milliseconds);
  if (count == -1 && errno != EINTR) check(-1, "epoll_wait");
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<size_t>(i)];
    Source* source = static_cast<Source*>(event.data.ptr);
    // An earlier one of this round may have removed it.
    if (std::find(sources_.begin(), sources_.end(), source) != sources_.end()) {
      source->ready(event.events);
    }
  }
  return count > 0;
}

}  // namespace tslxc
