#include "native/monitor/label-check.h"

#include <algorithm>

#include "native/base/messages.generated.h"
#include "native/base/process-attribute.h"
#include "native/base/syscall.h"

namespace tslxc {

void checkLabel(int pidfd, const std::string& attribute, const std::vector<std::string>& labels) {
  if (attribute.empty()) return;
  FailedMessage failed;
  failed.stage = static_cast<uint8_t>(Stage::kLabel);
  const auto isRight = [&] {
    failed.subject = processAttribute(pidfd, attribute);
    return std::find(labels.begin(), labels.end(), failed.subject) != labels.end();
  };
  try {
    if (isRight()) return;
    // It may not have its new label yet. A process that has it is not waited for: it may be held up
    // by the last close of a file that was passed to it.
    awaitCredentials(pidfd);
    if (isRight()) return;
  } catch (const SyscallError& cause) {
    failed.error = static_cast<uint32_t>(cause.error);
    failed.syscall = cause.syscall;
    failed.subject = cause.subject;
  }
  throw failed;
}

}  // namespace tslxc
