#include "native/addon/input.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tslxc::addon {

Input::Input(const Napi::CallbackInfo& info, size_t index, std::string name)
    : value_(info[index]), name_(std::move(name)) {}

Input::Input(Napi::Value value, std::string name) : value_(value), name_(std::move(name)) {}

bool Input::missing() const { return value_.IsUndefined(); }

Input Input::field(const char* name) const {
  if (!value_.IsObject()) refuse("an object");
  return {value_.As<Napi::Object>().Get(name), name_ + "." + name};
}

Input Input::item(const Napi::Array& array, uint32_t index) const {
  return {array.Get(index), name_ + "[" + std::to_string(index) + "]"};
}

std::vector<Input> Input::items() const {
  if (!value_.IsArray()) refuse("an array");
  const auto array = value_.As<Napi::Array>();
  const uint32_t length = array.Length();
  std::vector<Input> items;
  items.reserve(length);
  for (uint32_t index = 0; index < length; ++index) items.push_back(item(array, index));
  return items;
}

std::string Input::text() const {
  if (!value_.IsString()) refuse("a string");
  std::string text = value_.As<Napi::String>().Utf8Value();
  if (text.find('\0') != std::string::npos) refuse("a string without NUL");
  return text;
}

std::vector<std::string> Input::texts() const {
  std::vector<std::string> texts;
  for (const Input& item : items()) texts.push_back(item.text());
  return texts;
}

bool Input::flag() const {
  if (!value_.IsBoolean()) refuse("a boolean");
  return value_.As<Napi::Boolean>().Value();
}

std::string Input::bytes() const {
  if (!value_.IsTypedArray() ||
      value_.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    refuse("a Uint8Array");
  }
  const auto array = value_.As<Napi::Uint8Array>();
  return {reinterpret_cast<const char*>(array.Data()), array.ByteLength()};
}

double Input::integer(double least, double most) const {
  if (!value_.IsNumber()) refuse("an integer");
  const double number = value_.As<Napi::Number>().DoubleValue();
  if (std::trunc(number) != number || number < least || number > most ||
      std::abs(number) > 9007199254740991.0) {
    refuse("an integer in its range");
  }
  return number;
}

int Input::descriptor() const {
  return static_cast<int>(integer(-1, std::numeric_limits<int>::max()));
}

std::vector<int> Input::descriptors() const {
  std::vector<int> descriptors;
  for (const Input& item : items()) descriptors.push_back(item.descriptor());
  return descriptors;
}

size_t Input::word(std::initializer_list<std::string_view> words) const {
  const std::string given = text();
  const auto* const found = std::find(words.begin(), words.end(), given);
  if (found == words.end()) {
    std::string expected = "one of";
    for (const std::string_view word : words) expected.append(" '").append(word).append("'");
    refuse(expected);
  }
  return static_cast<size_t>(found - words.begin());
}

void Input::refuse(const std::string& expected) const {
  throw Napi::TypeError::New(value_.Env(), name_ + " must be " + expected);
}

int fdArgument(const Napi::CallbackInfo& info) { return Input(info, 0, "fd").descriptor(); }

}  // namespace tslxc::addon
