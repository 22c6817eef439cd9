// The program of the package that a monitor executes: as its last act when no caller cleans up
// (like conmon's exit command), and in a child when the watcher of the container's health is gone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "native/base/fd.h"
#include "native/plan/operations.generated.h"

namespace tslxc {

class ReapProgram {
 public:
  // Opens the program now, as O_PATH: at the end the path may be unreachable without
  // CAP_DAC_OVERRIDE. Throws SyscallError{open} when it can't be opened, unless it is missing.
  explicit ReapProgram(const PlanHeader& header);

  // Executes it, with `variable` added to its environment if there is one. Returns only on failure:
  // then the next caller that touches the domain cleans up.
  void execute(const std::optional<std::string>& variable = {}) const;

  // Executes it with other arguments. Returns only on failure.
  void execute(const std::vector<std::string>& argv, const std::string& variable) const;

 private:
  void executeWith(const std::vector<std::string>& argv,
                   std::vector<std::string> environment) const;

  Fd program_;
  std::vector<std::string> argv_;
  std::vector<std::string> environment_;
};

}  // namespace tslxc
