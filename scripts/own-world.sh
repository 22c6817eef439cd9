#!/bin/sh
# Runs a command where it disturbs no other tests, and is not disturbed: in PID, mount, IPC, network and cgroup namespaces
# of its own, with its own /proc, /run and ptys. Its cgroups are below one that is removed at its end, whose name tells the
# tests of other worlds whose processes those are. Exits with the command's status.
set -eu

# Each cgroup file system that is mounted, as "MOUNT TYPE OPTIONS".
hierarchies() {
  sed -nE 's,^[^ ]+ [^ ]+ [^ ]+ [^ ]+ ([^ ]+) .* - (cgroup2?) [^ ]+ (.*)$,\1 \2 \3,p' /proc/self/mountinfo
}

# The options that say which hierarchy it is: its controllers, or its name.
identity() {
  echo "$1" | tr , '\n' | grep -vxE 'rw|ro|xattr|noprefix|clone_children|release_agent=.*' | sed 's/^name=/none,&/' | paste -sd,
}

make_cgroups() {
  hierarchies | while read -r mount _; do
    mkdir "$mount/$1"
    for file in cpuset.cpus cpuset.mems; do
      if [ -e "$mount/$1/$file" ]; then cat "$mount/$file" >"$mount/$1/$file"; fi
    done
  done
}

remove_cgroups() {
  hierarchies | while read -r mount _; do
    # By descriptor: what a test has left there may have a longer path than rmdir takes.
    find "$mount/$1" -depth -type d -delete
  done
}

join_cgroups() {
  hierarchies | while read -r mount _; do echo $$ >"$mount/$1/cgroup.procs"; done
}

# A v2 cgroup hands controllers on only while no process is in it itself (cgroups(7)): its own processes go one deeper.
join_leaves() {
  hierarchies | while read -r mount type _; do
    if [ "$type" = cgroup ]; then continue; fi
    mkdir "$mount/$1/world"
    echo $$ >"$mount/$1/world/cgroup.procs"
  done
}

# What is mounted anew shows the namespaces that we are in now.
mount_own() {
  hierarchies | while read -r mount type options; do
    umount "$mount"
    if [ "$type" = cgroup2 ]; then
      mount -t cgroup2 cgroup2 "$mount"
    else
      mount -t cgroup -o "$(identity "$options")" cgroup "$mount"
    fi
  done
  # Mounts that another world's tests have just now, the last ones first: they would go when their folders and files do.
  tests='(/var)?/tmp/tslxc-[^ ]+|/dev/shm/tslxc-[^ ]+|/run/netns[^ ]*'
  sed -nE "s,^[^ ]+ [^ ]+ [^ ]+ [^ ]+ ($tests) .*,\\1,p" /proc/self/mountinfo | tac | while read -r mount; do
    umount -l "$mount" || true
  done
  umount -l /proc
  mount -t proc -o nosuid,nodev,noexec,relatime proc /proc
  mount -t tmpfs -o mode=755 tmpfs /run
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts /dev/pts
  mount --bind /dev/pts/ptmx /dev/ptmx
}

# A process frozen on v1 does not die with its PID namespace, and the process that waits for that namespace hangs. Inside,
# the root of each hierarchy is the world's own cgroup.
thaw_all() {
  find /sys/fs/cgroup/*/ -mindepth 2 -name freezer.state 2>/dev/null | while read -r state; do
    # Ignores a cgroup whose path is too long to be opened.
    { echo THAWED >"$state"; } 2>/dev/null || true
  done
}

case ${TSLXC_WORLD:-outside} in
outside)
  lane=tslxc-test-lane-$$
  make_cgroups "$lane"
  trap 'remove_cgroups "$lane"' EXIT
  trap 'exit 143' HUP INT TERM
  # A shell of its own joins them, so that this one can remove them.
  TSLXC_WORLD=$lane sh "$0" "$@"
  ;;
inside)
  unset TSLXC_WORLD
  mount_own
  sh "$(dirname "$0")/begin-network.sh" true
  # Not by exec: this shell is PID 1, and reaps orphaned processes.
  trap thaw_all EXIT
  "$@"
  ;;
rooted)
  join_leaves "$TSLXC_LANE"
  unset TSLXC_LANE
  export TSLXC_WORLD=inside
  exec unshare --pid --fork --kill-child --mount --propagation private --ipc --net -- sh "$0" "$@"
  ;;
*)
  join_cgroups "$TSLXC_WORLD"
  export TSLXC_LANE="$TSLXC_WORLD" TSLXC_WORLD=rooted
  exec unshare --cgroup -- sh "$0" "$@"
  ;;
esac
