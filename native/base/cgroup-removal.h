// Emptying and removing cgroups, whatever is in them by now, however deep and wide. A missing
// cgroup counts as done. The subject of a failure is one of `paths`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tslxc {

// Kills every process in the cgroups and below and waits until all are gone; EBUSY after `limit`.
void killCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

// Kills what is frozen in the cgroups and below, and thaws it: on v1 a frozen process dies only
// then. None of them runs in between.
void killFrozen(const std::vector<std::string>& paths);

// Removes what is below the cgroups and disables their controllers for children, so that each may
// hold processes itself; what is still in use after `limit` stays.
void clearCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

// Removes the cgroups and all below, deepest first; EBUSY after `limit`.
void removeCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

struct MarkedCgroups {
  // An extended attribute and its value.
  std::string name;
  std::string value;
  // The name of a cgroup that is likely to be below each, and is removed first, which is quicker
  // than to look what is there.
  std::string inner;
};

// Removes those of `paths` that have this mark, like removeCgroups(); then those without such an
// attribute, if they are empty.
void removeMarkedCgroups(const std::vector<std::string>& paths, const MarkedCgroups& marked,
                         std::chrono::milliseconds limit);

}  // namespace tslxc
