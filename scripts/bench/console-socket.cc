// Takes the consoles that crun and runc hand over, and holds them as a container manager does, for
// `npm run bench`.
//
//   console-socket PATH     writes a line when it listens there

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <vector>

namespace {

int listenAt(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(server, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return -1;
  return listen(server, 128) == 0 ? server : -1;
}

// The descriptor of one message, or -1.
int receive(int client) {
  char bytes[4096];
  iovec data{bytes, sizeof bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(client, &message, MSG_CMSG_CLOEXEC) < 0) return -1;
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return -1;
  int fd = -1;
  memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return fd;
}

}  // namespace

int main(int argc, char** argv) {
  const int server = argc == 2 ? listenAt(argv[1]) : -1;
  if (server < 0) return 1;
  puts("listening");
  fflush(stdout);
  std::vector<pollfd> polled{{server, POLLIN, 0}};
  while (poll(polled.data(), polled.size(), -1) > 0) {
    for (size_t at = polled.size() - 1; at > 0; --at) {
      // All that had it open have ended. Its output is left where it is: there is none.
      if ((polled[at].revents & POLLHUP) == 0) continue;
      close(polled[at].fd);
      polled.erase(polled.begin() + static_cast<long>(at));
    }
    if (polled[0].revents == 0) continue;
    const int client = accept4(server, nullptr, nullptr, SOCK_CLOEXEC);
    const int console = receive(client);
    close(client);
    if (console >= 0) polled.push_back({console, 0, 0});
  }
  return 1;
}
