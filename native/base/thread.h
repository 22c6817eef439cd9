// Threads by pthread_create(3), so that one that can't be had is a SyscallError like any other.
#pragma once

#include <pthread.h>

namespace tslxc {

// A joinable thread that runs `body`.
pthread_t startThread(void* (*body)(void*), void* argument);

}  // namespace tslxc
