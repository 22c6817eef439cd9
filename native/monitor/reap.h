// The monitor's last act when no caller cleans up: it executes the program that does (like conmon's
// exit command).
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

  // Executes it, with `variable` added to its environment if there is one. Returns only on failure:
  // then the next caller that touches the domain cleans up.
  void execute(const std::optional<std::string>& variable = {}) const;

 private:
  Fd program_;
  std::vector<std::string> argv_;
  std::vector<std::string> environment_;
};

}  // namespace tslxc
