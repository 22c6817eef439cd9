#include "native/base/thread.h"

#include "native/base/syscall.h"

namespace tslxc {

pthread_t startThread(void* (*body)(void*), void* argument) {
  pthread_t thread{};
  const int error = pthread_create(&thread, nullptr, body, argument);
  if (error != 0) throw SyscallError{error, "pthread_create", {}};
  return thread;
}

}  // namespace tslxc
