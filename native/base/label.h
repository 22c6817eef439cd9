// Security labels of files and processes, as the modules keep them, without their libraries.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace tslxc {

// Names of the active security modules, in the kernel's order: lsm_list_modules(2) (Linux 6.8),
// before that /sys/kernel/security/lsm.
std::vector<std::string> securityModules();

enum class LabelModule { selinux, smack, apparmor };

// Nothing when the file has none, or its file system keeps none.
std::optional<std::string> fileLabel(int fd, LabelModule module);
void setFileLabel(int fd, LabelModule module, const std::string& label);

// Nothing when no module labels processes.
std::optional<std::string> processLabel(pid_t pid);

}  // namespace tslxc
