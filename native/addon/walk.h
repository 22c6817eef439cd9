// Walks through trees, each in a thread of its own. A walk writes its progress to a descriptor of
// the caller, and ends when the reader of that descriptor is gone.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>

#include "native/addon/input.h"
#include "native/addon/own-thread.h"
#include "native/base/file.h"
#include "native/base/syscall.h"
#include "native/base/tree-walk.h"

namespace tslxc::addon {

// Writes the number as a line. Throws SyscallError; ECANCELED when the reader is gone.
void writeCount(int report, uint64_t count);

// Runs `walk`, which takes a source and a report: the first and the third argument of the call.
template <typename Walk>
Napi::Value walked(const Napi::CallbackInfo& info, Walk walk) {
  const auto interruption = std::make_shared<Interruption>();
  const int report = Input(info, 2, "report").descriptor();
  return inOwnThread(info.Env(),
                     task([source = duplicate(Input(info, 0, "source").descriptor()),
                           output = report == -1 ? Fd() : duplicate(report), interruption, walk] {
                       return walk(source.get(), [&](uint64_t count) {
                         if (interruption->requested()) throw SyscallError{ECANCELED, "write", ""};
                         if (output.valid()) writeCount(output.get(), count);
                       });
                     }),
                     interruption);
}

}  // namespace tslxc::addon
