#include "native/monitor/reap.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <utility>

#include "native/base/signals.h"
#include "native/base/syscall.h"
#include "native/monitor/stop-signals.h"

namespace tslxc {
namespace {

std::vector<char*> pointers(const std::vector<std::string>& strings) {
  std::vector<char*> all;
  for (const std::string& text : strings) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// Invalid when there is none. Any other failure ends the start: later nothing would clean up, and
// nothing would say so.
Fd openProgram(const std::string& program) {
  Fd opened(open(program.c_str(), O_PATH | O_CLOEXEC));
  if (!opened.valid() && errno != ENOENT && errno != ENOTDIR) check(-1, "open", program);
  return opened;
}

}  // namespace

ReapProgram::ReapProgram(const PlanHeader& header)
    : program_(openProgram(header.reapProgram)),
      argv_(header.reapArgv),
      environment_(header.reapEnvironment) {}

void ReapProgram::execute(const std::optional<std::string>& variable) const {
  std::vector<std::string> variables = environment_;
  if (variable) variables.push_back(*variable);
  executeWith(argv_, std::move(variables));
}

void ReapProgram::execute(const std::vector<std::string>& argv, const std::string& variable) const {
  std::vector<std::string> variables = environment_;
  variables.push_back(variable);
  executeWith(argv, std::move(variables));
}

void ReapProgram::executeWith(const std::vector<std::string>& argv,
                              std::vector<std::string> environment) const {
  if (!program_.valid()) return;
  // One that has come too late to be passed on must not end this process.
  dropStopSignals();
  restoreSignals();
  const std::vector<char*> words = pointers(argv);
  const std::vector<char*> variables = pointers(environment);
  syscall(SYS_execveat, program_.get(), "", words.data(), variables.data(), AT_EMPTY_PATH);
}

}  // namespace tslxc
