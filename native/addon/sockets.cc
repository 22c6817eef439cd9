// Exports for local sockets: who is at their other end, and descriptors for it.
#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
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

}  // namespace

void exportSockets(Napi::Object exports) {
  define<peerCredentials>(exports, "peerCredentials");
  define<sendDescriptor>(exports, "sendDescriptor");
}

}  // namespace tslxc::addon
