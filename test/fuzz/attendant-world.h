// The world of a fuzzed attendant: its caller, the inside of the container, its clock, the
// processes that it has started. All that it calls to make processes or to change its own is
// replaced, by the linker. What happens next is read from a script, whenever the attendant waits;
// when that is over, time passes, and in the end the caller leaves.
#pragma once

#include <poll.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "native/base/fd.h"
#include "native/base/pty.h"
#include "native/monitor/process-tree.h"
#include "test/fuzz/script.h"
#include "test/fuzz/terminal.h"

namespace tslxc::fuzz {

class AttendantWorld {
 public:
  // `plan`: what the caller says first, or nothing.
  AttendantWorld(Script script, std::string_view plan);
  AttendantWorld(const AttendantWorld&) = delete;
  AttendantWorld& operator=(const AttendantWorld&) = delete;
  ~AttendantWorld();

  // Puts the channel and the passed descriptors where the attendant expects them, and takes them
  // away again.
  void passDescriptors(int count);
  // The same, the second of them a stream of a terminal.
  void passWithTerminal(int count);
  void takeDescriptorsBack();

  // Everything that the caller and the guardian have heard is as the protocol has it.
  void checkWords();

  // What the replaced functions do.
  int poll(pollfd* entries, nfds_t count, int wanted);
  std::chrono::nanoseconds now() const { return now_; }
  std::array<Fd, 2> makePair();
  void keepOrders(int pipe);
  Pty openPty();
  void checkLabel();
  std::vector<TreeProcess> descendants();
  void kill(pid_t pid);

  static constexpr pid_t kJoiner = 0x40000000;

 private:
  void act();
  void actAsCaller(unsigned what);
  void actInside(unsigned what);
  void actOnTerminal(unsigned what);
  void sayFrame();
  void sendInside(uint8_t kind, std::string_view body, size_t descriptors);
  void callerLeaves();
  void letGo();
  void readAll();

  Script script_;
  Fd caller_;
  Fd channel_;
  Fd stream_;  // the caller's end of the command's terminal
  Fd inside_;
  Fd orders_;
  Fd slave_;
  std::optional<Terminal> terminal_;
  std::string heard_;
  std::chrono::nanoseconds now_{std::chrono::seconds(1000)};
  int passing_ = 0;  // milliseconds, by the script
  int turns_ = 0;
  bool told_ = false;  // what to do
  bool left_ = false;
  bool badLabel_ = false;
  struct Process {
    TreeProcess facts;
    int looks;  // that it is still seen after it was killed
    bool killed;
  };
  std::vector<Process> processes_;
};

}  // namespace tslxc::fuzz
