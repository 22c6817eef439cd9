#include "native/monitor/command.h"

#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "native/base/descriptors.h"
#include "native/base/kernel-names.h"
#include "native/base/message.h"
#include "native/monitor/exec-failure.h"
#include "native/plan/interpret.h"

namespace tslxc {
namespace {

constexpr int kFailed = 125;
constexpr std::string_view kPathVariable = "PATH=";

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (const std::string& text : strings) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// The paths that execvp(3) would try: a name without a slash is looked up in the command's PATH.
std::vector<std::string> candidates(const CommandHeader& header) {
  const std::string& program = header.argv.front();
  if (program.find('/') != std::string::npos) return {program};
  std::vector<std::string> all;
  for (const std::string& variable : header.environment) {
    if (variable.compare(0, kPathVariable.size(), kPathVariable) != 0) continue;
    std::string_view rest = std::string_view(variable).substr(kPathVariable.size());
    for (;;) {
      const size_t colon = rest.find(':');
      const std::string folder(rest.substr(0, colon));
      all.push_back((folder.empty() ? "." : folder) + "/" + program);
      if (colon == std::string_view::npos) break;
      rest.remove_prefix(colon + 1);
    }
  }
  return all;
}

void report(int reports, const SyscallError& cause, ExecReason reason = ExecReason::kOther) {
  sendMessage(reports, FailedMessage{static_cast<uint8_t>(Stage::kExec), 0,
                                     static_cast<uint32_t>(cause.error), cause.syscall,
                                     cause.subject.substr(0, 4096), static_cast<uint8_t>(reason)});
}

bool isElsewhere(int error) { return error == ENOENT || error == ENOTDIR || error == EACCES; }

// Tries each candidate. Returns only if none could be executed, and reports why: of several, the
// reason of the first that exists.
void execute(const CommandHeader& header, int reports) {
  const std::vector<char*> argv = pointers(header.argv);
  const std::vector<char*> environment = pointers(header.environment);
  SyscallError last{ENOENT, "execve", header.argv.front()};
  ExecReason reason = ExecReason::kMissing;
  for (const std::string& program : candidates(header)) {
    execve(program.c_str(), argv.data(), environment.data());
    const int error = errno;
    const ExecFailure why = explainExecFailure(program, error);
    if (why.reason == ExecReason::kMissing) continue;
    const bool first = reason == ExecReason::kMissing;
    if (error != ENOTDIR && first) {
      last = {error, "execve", why.subject};
      reason = why.reason;
    }
    if (!isElsewhere(error)) break;
  }
  report(reports, last, reason);
}

}  // namespace

void runCommand(const CommandPlan& plan, int reports) noexcept {
  try {
    Interpreter interpreter;
    interpreter.run(plan.command);
    if (plan.header.terminal != 0) check(ioctl(STDIN_FILENO, TIOCSCTTY, 0), "ioctl", "TIOCSCTTY");
    check(syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC), "close_range");
    sendMessage(reports, ExecutingMessage{});
    execute(plan.header, reports);
  } catch (const SyscallError& cause) {
    try {
      report(reports, cause);
    } catch (const SyscallError&) {
    }
  } catch (...) {
  }
  exitWithoutDescriptors(kFailed);
}

}  // namespace tslxc
