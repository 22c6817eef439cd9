// Tasks that wait for another process: each has a thread of its own, since four waiters would fill
// libuv's pool and stop everything, including the jobs of the lock holder that they wait for. When
// the environment ends (a worker is terminated, the process exits), the wait is interrupted if
// possible; otherwise the thread goes on, and its result is given back.
#pragma once

#include <napi.h>

#include <memory>

#include "native/addon/task.h"
#include "native/base/interruption.h"

namespace tslxc::addon {

// Starts the task and returns its promise. `interruption` is what the task checks while it waits;
// null if it can't be interrupted.
Napi::Value inOwnThread(Napi::Env env, std::unique_ptr<Task> task,
                        std::shared_ptr<Interruption> interruption);

}  // namespace tslxc::addon
