// A list as the result of a task: JavaScript gets an array of the objects that `toObject` makes.
#pragma once

#include <napi.h>

#include <vector>

namespace tslxc::addon {

template <typename Item, Napi::Object (*toObject)(Napi::Env, const Item&)>
struct Listing {
  std::vector<Item> items;
};

template <typename Item, Napi::Object (*toObject)(Napi::Env, const Item&)>
Napi::Value toValue(Napi::Env env, const Listing<Item, toObject>& listing) {
  Napi::Array array = Napi::Array::New(env, listing.items.size());
  uint32_t index = 0;
  for (const Item& item : listing.items) array.Set(index++, toObject(env, item));
  return array;
}

}  // namespace tslxc::addon
