#include "native/base/closing.h"

#include <pthread.h>
#include <signal.h>

#include <deque>
#include <mutex>
#include <utility>

namespace tslxc {
namespace {

// Further descriptors wait until one of the threads has closed its own.
constexpr size_t kMostThreads = 1024;
// close(2) needs next to nothing; the C library's own data of the thread is there as well.
constexpr size_t kStack = 256 * 1024;

struct Closings {
  std::mutex mutex;
  std::deque<Fd> waiting;
  size_t threads = 0;
  size_t underWay = 0;
};

// Never destroyed: threads may outlive the end of main.
Closings& closings() {
  static Closings* const all = new Closings;
  return *all;
}

void* closeAll(void*);

// Starts a thread with all signals blocked: one that is delivered to a thread stuck in close(2)
// would never be handled. If no thread can be started, the waiting descriptors are left to an
// existing thread, or to the next call.
void startCloser(Closings& all) {
  if (all.threads == kMostThreads) return;
  sigset_t every;
  sigset_t before;
  sigfillset(&every);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kStack);
  pthread_sigmask(SIG_SETMASK, &every, &before);
  pthread_t thread{};
  if (pthread_create(&thread, &attributes, closeAll, nullptr) == 0) ++all.threads;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
}

// Closes each descriptor at once, on another thread if need be: as long as one is open, every
// process that is started inherits it, and has to close it too, at its exec.
void* closeAll(void*) {
  Closings& all = closings();
  std::unique_lock lock(all.mutex);
  while (!all.waiting.empty()) {
    Fd descriptor = std::move(all.waiting.front());
    all.waiting.pop_front();
    if (!all.waiting.empty()) startCloser(all);
    ++all.underWay;
    lock.unlock();
    descriptor.reset();
    lock.lock();
    --all.underWay;
  }
  --all.threads;
  return nullptr;
}

}  // namespace

void closeElsewhere(std::vector<Fd> descriptors) {
  if (descriptors.empty()) return;
  Closings& all = closings();
  const std::lock_guard lock(all.mutex);
  for (Fd& descriptor : descriptors) all.waiting.push_back(std::move(descriptor));
  startCloser(all);
}

size_t stillClosing() {
  Closings& all = closings();
  const std::lock_guard lock(all.mutex);
  return all.waiting.size() + all.underWay;
}

}  // namespace tslxc
