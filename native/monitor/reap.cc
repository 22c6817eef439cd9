#include "native/monitor/reap.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "native/base/signals.h"
#include "native/monitor/stop-signals.h"

namespace tslxc {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (const std::string& text : strings) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

}  // namespace

ReapProgram::ReapProgram(const PlanHeader& header)
    : program_(open(header.reapProgram.c_str(), O_PATH | O_CLOEXEC)),
      argv_(header.reapArgv),
      environment_(header.reapEnvironment) {}

void ReapProgram::execute(const std::optional<std::string>& variable) const {
  if (!program_.valid()) return;
  // One that has come too late to be passed on must not end this process.
  dropStopSignals();
  restoreSignals();
  const std::vector<char*> argv = pointers(argv_);
  std::vector<std::string> variables = environment_;
  if (variable) variables.push_back(*variable);
  const std::vector<char*> environment = pointers(variables);
  syscall(SYS_execveat, program_.get(), "", argv.data(), environment.data(), AT_EMPTY_PATH);
}

}  // namespace tslxc
