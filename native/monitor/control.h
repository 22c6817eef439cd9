// The control socket: clients that follow a console, type into it, resize it, signal init or end
// it.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "native/base/fd.h"
#include "native/base/message.h"
#include "native/monitor/console.h"
#include "native/monitor/event-loop.h"

namespace tslxc {

// What clients can ask for, besides consoles.
class InitControl {
 public:
  virtual ~InitControl() = default;
  // Sends init a signal; 0 or an errno.
  virtual int signalInit(int number) = 0;
  // Kills init at a client's request.
  virtual void destroyInit() = 0;
  // Says what init's next end means, if it comes in time.
  virtual void intendEnd(End end, std::chrono::milliseconds within) = 0;
  // A client checks the container's health from now on; that client is gone.
  virtual void watcherArrived() = 0;
  virtual void watcherLeft() = 0;
};

// Binds and listens on `directory`/control, mode 0600. Bound by descriptor: sun_path holds 108
// bytes only.
Fd listenIn(int directory);

// How many clients follow a console.
class Viewers {
 public:
  // False when there are as many as may be.
  bool enter();
  void leave() { --count_; }

 private:
  size_t count_ = 0;
};

class ControlClient : public Source, public Follower {
 public:
  ControlClient(Fd socket, std::vector<Console>& consoles, InitControl& init, Viewers& viewers);
  ~ControlClient() override;

  int descriptor() const override { return socket_.get(); }
  uint32_t wanted() const override;
  void ready(uint32_t events) override;

  bool gone() const { return gone_; }
  // Whether it checks the container's health.
  bool watches() const { return watches_; }
  // Sends what the console has for this client, as far as its socket takes it.
  void pump();
  // True when nothing is left to send.
  bool drained() const;
  // Queues the last message.
  void finish(const ExitedMessage& exited);

 private:
  void handle(const RawMessage& message);
  int admitTo(uint8_t console);
  void attach(const AttachMessage& request);
  void intend(const IntendMessage& message);
  void sendOutput();
  void send();
  size_t sendNow(std::array<std::string_view, 2> parts);

  Fd socket_;
  std::vector<Console>& consoles_;
  InitControl& init_;
  Viewers& viewers_;
  FrameReader inbox_{kLargestClientFrame};
  std::string outbox_;
  Console* console_ = nullptr;
  bool gone_ = false;
  bool watches_ = false;
};

// Accepts clients and keeps them. A client is refused, by a message, when there are too many, or
// when it would leave the monitor too few descriptors. Those that follow a console may take a part
// of the places only: the others are for verbs, waits and health checks.
class ControlSocket : public Source {
 public:
  ControlSocket(Fd listener, EventLoop& loop, std::vector<Console>& consoles, InitControl& init);

  int descriptor() const override { return listener_.get(); }
  uint32_t wanted() const override { return paused() ? 0U : static_cast<uint32_t>(EPOLLIN); }
  void ready(uint32_t events) override;

  // Whether an accept has just failed: the client still waits, and would wake the loop at once.
  bool paused() const { return Clock::now() < pausedUntil_; }
  // Pumps every client and drops those that are gone.
  void service();
  void finish(const ExitedMessage& exited);
  bool drained() const;

 private:
  using Clock = std::chrono::steady_clock;
  void refuse(const Fd& socket, int error);

  Fd listener_;
  EventLoop& loop_;
  std::vector<Console>& consoles_;
  InitControl& init_;
  Viewers viewers_;
  std::vector<std::unique_ptr<ControlClient>> clients_;
  Clock::time_point pausedUntil_;
};

}  // namespace tslxc
