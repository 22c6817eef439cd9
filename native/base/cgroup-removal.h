// Emptying and removing cgroups, whatever is in them by now, however deep and wide. What is missing
// already is done already. The subject of a failure is one of `paths`.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace tslxc {

// Kills every process in the cgroups and below and waits until all are gone; EBUSY after `limit`.
void killCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

// Kills what is frozen in the cgroups and below, and thaws it: on v1 no process dies before. None
// of them runs in between.
void killFrozen(const std::vector<std::string>& paths);

// Removes what is below the cgroups and switches their controllers off for it, so that a process
// may be in each; what is still in use after `limit` stays.
void clearCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

// Removes the cgroups and all below, deepest first; EBUSY after `limit`.
void removeCgroups(const std::vector<std::string>& paths, std::chrono::milliseconds limit);

struct MarkedCgroups {
  // An extended attribute and its value.
  std::string name;
  std::string value;
  // What is likely to be below each, and removed first: that is quicker than to look what is there.
  std::string inner;
};

// Removes those of `paths` that are marked so, as removeCgroups(); then those that have no such
// attribute at all, if nothing is in them.
void removeMarkedCgroups(const std::vector<std::string>& paths, const MarkedCgroups& marked,
                         std::chrono::milliseconds limit);

}  // namespace tslxc
