// Exports for pseudoterminals, and for pairs of descriptors; native/base does the work.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/fifo.h"
#include "native/base/pty.h"

namespace tslxc {

static Napi::Value toValue(Napi::Env env, const Pty& pty) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("path", Napi::String::New(env, "/dev/pts/" + std::to_string(pty.index)));
  result.Set("master", Napi::Number::New(env, pty.master.get()));
  result.Set("slave", Napi::Number::New(env, pty.slave.get()));
  return result;
}

static void handOverValue(Pty& pty) {
  static_cast<void>(pty.master.release());
  static_cast<void>(pty.slave.release());
}

}  // namespace tslxc

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value openPty(const CallbackInfo& info) {
  Pty pty = openHostPty();
  const Value result = toValue(info.Env(), pty);
  handOverValue(pty);
  return result;
}

Value makePair(const CallbackInfo& info) {
  std::array<int, 2> ends;
  if (Input(info, 0, "kind").word({"pipe", "socket"}) == 0) {
    check(pipe2(ends.data(), O_CLOEXEC), "pipe2");
  } else {
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  }
  Napi::Array result = Napi::Array::New(info.Env(), ends.size());
  for (uint32_t i = 0; i < ends.size(); ++i) {
    result.Set(i, Napi::Number::New(info.Env(), ends.at(i)));
  }
  return result;
}

Value makeFifos(const CallbackInfo& info) {
  const uint32_t count = Input(info, 0, "count").number<uint32_t>();
  std::vector<PipeEnds> fifos = tslxc::makeFifos(count, Input(info, 1, "options").texts());
  Napi::Array result = Napi::Array::New(info.Env(), fifos.size());
  for (uint32_t i = 0; i < fifos.size(); ++i) {
    Napi::Array ends = Napi::Array::New(info.Env(), 2);
    ends.Set(0u, Napi::Number::New(info.Env(), fifos[i].reading.release()));
    ends.Set(1u, Napi::Number::New(info.Env(), fifos[i].writing.release()));
    result.Set(i, ends);
  }
  return result;
}

Value makeNull(const CallbackInfo& info) {
  tslxc::Fd null = tslxc::makeNull(Input(info, 0, "options").texts());
  return Napi::Number::New(info.Env(), null.release());
}

Value makeRaw(const CallbackInfo& info) {
  tslxc::makeRaw(fdArgument(info));
  return info.Env().Undefined();
}

Value setWindowSize(const CallbackInfo& info) {
  const Input size(info, 1, "size");
  tslxc::setWindowSize(fdArgument(info), {size.field("rows").number<uint16_t>(),
                                          size.field("columns").number<uint16_t>()});
  return info.Env().Undefined();
}

Value windowSize(const CallbackInfo& info) {
  const WindowSize size = tslxc::windowSize(fdArgument(info));
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("rows", Napi::Number::New(info.Env(), size.rows));
  result.Set("columns", Napi::Number::New(info.Env(), size.columns));
  return result;
}

}  // namespace

void exportTerminals(Napi::Object exports) {
  define<openPty>(exports, "openPty");
  define<makePair>(exports, "makePair");
  define<makeFifos>(exports, "makeFifos");
  define<makeNull>(exports, "makeNull");
  define<makeRaw>(exports, "makeRaw");
  define<setWindowSize>(exports, "setWindowSize");
  define<windowSize>(exports, "windowSize");
}

}  // namespace tslxc::addon
