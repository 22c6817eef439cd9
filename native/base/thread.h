// Threads by pthread_create(3), so that its failure is a SyscallError like any other.
#pragma once

#include <pthread.h>

namespace tslxc {

// A joinable thread that runs `body`.
pthread_t startThread(void* (*body)(void*), void* argument);

}  // namespace tslxc
