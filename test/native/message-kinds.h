// Every kind of message, and how one of it is read and written again: by hand, from the table in
// lib/container/monitor/messages.ts.
#pragma once

#include <map>
#include <string>

#include "native/base/message.h"

namespace tslxc::test {

// Whether the last field takes whatever follows.
enum class Tail { fixed, open };

struct Kind {
  std::string (*again)(const RawMessage& raw);
  Tail tail;
};

template <typename Message>
std::string again(const RawMessage& raw) {
  return frameOf(fieldsOf<Message>(raw));
}

template <typename... Messages>
std::map<uint8_t, Kind> kinds(Tail tail) {
  return {{Messages::kKind, {again<Messages>, tail}}...};
}

inline std::map<uint8_t, Kind> everyKind() {
  auto all = kinds<OwnMessage, AcknowledgeMessage, ContinueMessage, ClonedMessage, ProceedMessage,
                   ReadyMessage, ExecMessage, ExecutingMessage, SpawnedMessage, RunningMessage,
                   FailedMessage, ExitedMessage, AttachMessage, ResizeMessage, SignalMessage,
                   DestroyMessage, HelloMessage, AttachedMessage, SkippedMessage, DoneMessage,
                   IntendMessage, WatchMessage, RebootedMessage, ExecutedMessage, LookMessage,
                   PreparedMessage, FittedMessage>(Tail::fixed);
  all.merge(kinds<PlanMessage, InputMessage, OutputMessage, SeenMessage>(Tail::open));
  return all;
}

}  // namespace tslxc::test
