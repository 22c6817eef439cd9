// Exports for local sockets: their peer's credentials, receiving, and sending a descriptor.
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/closing.h"
#include "native/base/peer.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value peerCredentials(const CallbackInfo& info) {
  const PeerCredentials found = tslxc::peerCredentials(fdArgument(info));
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("pid", found.pid);
  result.Set("uid", found.uid);
  result.Set("gid", found.gid);
  return result;
}

Value sendDescriptor(const CallbackInfo& info) {
  const int descriptor = Input(info, 1, "descriptor").descriptor();
  return Napi::Boolean::New(info.Env(), tslxc::sendDescriptor(fdArgument(info), descriptor));
}

Value sendTo(const CallbackInfo& info) {
  const std::string bytes = Input(info, 1, "bytes").bytes();
  return Napi::Number::New(info.Env(), tslxc::sendTo(fdArgument(info), bytes));
}

Value receiveFrom(const CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const size_t most = Input(info, 1, "most").number<uint32_t>();
  std::array<char, 65536> buffer;
  auto received = tslxc::receiveFrom(fdArgument(info), buffer, most);
  if (!received) return env.Undefined();
  Napi::Array descriptors = Napi::Array::New(env, received->descriptors.size());
  for (uint32_t index = 0; index < received->descriptors.size(); ++index) {
    descriptors.Set(index, Napi::Number::New(env, received->descriptors[index].get()));
  }
  Napi::Object result = Napi::Object::New(env);
  result.Set("bytes", Napi::Buffer<char>::Copy(env, buffer.data(), received->size));
  result.Set("descriptors", descriptors);
  // JavaScript owns them now.
  for (Fd& descriptor : received->descriptors) static_cast<void>(descriptor.release());
  return result;
}

Value closeElsewhere(const CallbackInfo& info) {
  std::vector<Fd> descriptors;
  for (const int descriptor : Input(info, 0, "descriptors").descriptors()) {
    descriptors.emplace_back(descriptor);
  }
  tslxc::closeElsewhere(std::move(descriptors));
  return info.Env().Undefined();
}

}  // namespace

void exportSockets(Napi::Object exports) {
  define<closeElsewhere>(exports, "closeElsewhere");
  define<peerCredentials>(exports, "peerCredentials");
  define<receiveFrom>(exports, "receiveFrom");
  define<sendDescriptor>(exports, "sendDescriptor");
  define<sendTo>(exports, "sendTo");
}

}  // namespace tslxc::addon
