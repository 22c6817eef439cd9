// Exports for pseudoterminals; native/base/pty does the work.
#include <string>

#include "native/addon/exports.h"
#include "native/addon/failure.h"
#include "native/addon/input.h"
#include "native/base/pty.h"

namespace tslxc::addon {
namespace {

using Napi::CallbackInfo;
using Napi::Value;

Value openPty(const CallbackInfo& info) {
  Pty pty = openHostPty();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("path", Napi::String::New(info.Env(), "/dev/pts/" + std::to_string(pty.index)));
  result.Set("master", Napi::Number::New(info.Env(), pty.master.release()));
  result.Set("slave", Napi::Number::New(info.Env(), pty.slave.release()));
  return result;
}

Value makeRaw(const CallbackInfo& info) {
  tslxc::makeRaw(Input(info, 0, "fd").descriptor());
  return info.Env().Undefined();
}

Value setWindowSize(const CallbackInfo& info) {
  const Input size(info, 1, "size");
  tslxc::setWindowSize(
      Input(info, 0, "fd").descriptor(),
      {size.field("rows").number<uint16_t>(), size.field("columns").number<uint16_t>()});
  return info.Env().Undefined();
}

Value windowSize(const CallbackInfo& info) {
  const WindowSize size = tslxc::windowSize(Input(info, 0, "fd").descriptor());
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("rows", Napi::Number::New(info.Env(), size.rows));
  result.Set("columns", Napi::Number::New(info.Env(), size.columns));
  return result;
}

}  // namespace

void exportTerminals(Napi::Object exports) {
  define<openPty>(exports, "openPty");
  define<makeRaw>(exports, "makeRaw");
  define<setWindowSize>(exports, "setWindowSize");
  define<windowSize>(exports, "windowSize");
}

}  // namespace tslxc::addon
