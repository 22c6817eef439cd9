// Security labels of files and processes, as the modules keep them, without their libraries.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace tslxc {

enum class LabelModule { selinux, smack, apparmor };

// Nothing when the file has none, or its file system keeps none.
std::optional<std::string> fileLabel(int fd, LabelModule module);

// Nothing when no module labels processes.
std::optional<std::string> processLabel(pid_t pid);

}  // namespace tslxc
