// The monitor's last act when no caller cleans up: it becomes the program that does (conmon's exit
// command).
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
  // CAP_DAC_OVERRIDE.
  explicit ReapProgram(const PlanHeader& header);

  // Executes it, with a variable of the environment added if there is one. Returns only when that
  // fails: then the next caller that looks will clean up.
  void execute(const std::optional<std::string>& variable = {}) const;

 private:
  Fd program_;
  std::vector<std::string> argv_;
  std::vector<std::string> environment_;
};

}  // namespace tslxc
