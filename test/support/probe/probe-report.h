// What the probe's commands get, and how they tell what they have found.
#pragma once

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using Words = std::vector<std::string>;

inline void say(const std::string& key, const std::string& value) {
  printf("%s\t%s\n", key.c_str(), value.c_str());
}

// Of a system call's result: errno is looked at at once.
inline std::string outcome(long result) { return result >= 0 ? "OK" : strerrorname_np(errno); }

inline std::string readAll(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
