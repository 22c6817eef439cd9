#include "native/base/link-removal.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

#include "native/base/link.h"
#include "native/base/netlink.h"
#include "native/base/syscall.h"
#include "native/base/thread.h"

namespace tslxc {
namespace {

// The pause between two looks at the name.
constexpr std::chrono::microseconds kLook{100};

// What the two threads share.
struct Removal {
  Removal(int network, const std::string& link) : socket(network), name(link) {}

  RouteSocket socket;
  std::string name;
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  std::optional<SyscallError> failure;
};

void* remove(void* data) {
  const std::unique_ptr<std::shared_ptr<Removal>> shared(
      static_cast<std::shared_ptr<Removal>*>(data));
  Removal& removal = **shared;
  std::optional<SyscallError> failure;
  try {
    deleteLink(removal.socket, removal.name);
  } catch (const SyscallError& refusal) {
    failure = refusal;
  }
  const std::lock_guard lock(removal.mutex);
  removal.failure = std::move(failure);
  removal.over = true;
  removal.ended.notify_all();
  return nullptr;
}

// Whether the name belongs to another interface by now, or to none.
bool isFree(const RouteSocket& socket, const std::string& name, int index) {
  return socket.indexIfThere(name) != index;
}

}  // namespace

void removeLinkName(int network, const std::string& name) {
  const RouteSocket socket(network);
  const int index = socket.indexOf(name);
  const auto removal = std::make_shared<Removal>(network, name);
  auto shared = std::make_unique<std::shared_ptr<Removal>>(removal);
  pthread_detach(startThread(remove, shared.get()));
  static_cast<void>(shared.release());  // the thread owns it

  std::unique_lock lock(removal->mutex);
  while (!removal->ended.wait_for(lock, kLook, [&] { return removal->over; })) {
    if (isFree(socket, name, index)) return;
  }
  if (removal->failure) throw SyscallError(*removal->failure);
}

}  // namespace tslxc
