#include "native/base/closing.h"

#include <pthread.h>
#include <signal.h>

#include <deque>
#include <mutex>
#include <utility>

namespace tslxc {
namespace {

// What is beyond them waits until one of them is closed.
constexpr size_t kMostThreads = 1024;
// close(2) needs next to nothing; the C library's own data of the thread is in it as well.
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

// With all signals blocked: one that the kernel gave to a thread that waits would come to nobody.
// Where no thread can be had, those that wait are for one that is there, or for the next call.
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

// As long as one is open, every process that is started closes it as well, at its exec: each is
// begun with at once.
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
