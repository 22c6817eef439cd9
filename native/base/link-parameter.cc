#include "native/base/link-parameter.h"

#include <fcntl.h>
#include <unistd.h>

#include "native/base/fd.h"
#include "native/base/syscall.h"

namespace tslxc {
namespace {

bool isName(const std::string& text) {
  return !text.empty() && text != "." && text != ".." && text.find('/') == std::string::npos;
}

}  // namespace

void setLinkParameter(const LinkParameter& parameter) {
  const auto& [family, link, name, value] = parameter;
  const std::string path = "/proc/sys/net/" + family + "/conf/" + link + "/" + name;
  if (!isName(family) || !isName(link) || !isName(name)) throw SyscallError{EINVAL, "open", path};
  const Fd file(check(open(path.c_str(), O_WRONLY | O_CLOEXEC), "open", path));
  check(retry([&] { return write(file.get(), value.data(), value.size()); }), "write", path);
}

}  // namespace tslxc
