# What root in a container tries in order to get hold of the host's cgroups. Writes nothing into a file of a hierarchy
# but ids of its own; a release agent is only opened. Prints `KEY TAB VALUE` lines, the last one `end`.
# The first word are the options of the host's v2 tree: in its root cgroup namespace, where the control is, a mount without them takes
# them from the host's own. The others are what hierarchies to ask for that the host has not mounted; without them none is.
unified=$1
shift
say() { printf '%s\t%s\n' "$1" "$2"; }
try() { key=$1; shift; if "$@" > /dev/null 2>&1; then say "$key" OK; else say "$key" refused; fi; }
opens() { (: >> "$1") 2> /dev/null; }
found() { find "$1" -xdev -name release_agent 2> /dev/null | head -n 1; }

agents() {
  for folder in "$2" "$2"/*; do
    [ -e "$folder/release_agent" ] && try "$1.agent.$folder" opens "$folder/release_agent"
    [ -e "$folder/notify_on_release" ] && try "$1.notify.$folder" opens "$folder/notify_on_release"
  done
}

say path "$(cut -d: -f3 /proc/self/cgroup | sort -u | tr '\n' ' ')"
agents start /sys/fs/cgroup
mount -t tmpfs none /mnt && cd /mnt || exit 1
mkdir two own
# The hierarchies that the host has, mounted anew.
for controllers in $(cut -d: -f2 /proc/self/cgroup | grep .); do
  case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
  mkdir -p "known.$controllers"
  if mount -t cgroup -o "$options" none "known.$controllers" 2> /dev/null; then
    agents anew "known.$controllers"
    say "above.$controllers" "$(ls -d "known.$controllers/libvirt" 2> /dev/null)"
  fi
done
if mount -t cgroup2 -o "$unified" none two 2> /dev/null; then say above.cgroup2 "$(ls -d two/libvirt 2> /dev/null)"; fi
# Hierarchies that are mounted nowhere.
for options in "$@"; do
  mkdir -p "new.$options"
  try "new.$options" mount -t cgroup -o "$options" none "new.$options"
done
# Up and out.
for folder in /sys/fs/cgroup /sys/fs/cgroup/*; do
  for up in ../cgroup.procs ../../cgroup.procs ../tasks ../../tasks; do
    [ -e "$folder/$up" ] && say "up.$folder/$up" "$(cat "$folder/$up" | grep -c .)"
  done
done
# Once more from namespaces of its own.
for flags in -Cm -UrCm; do
  for options in "$@"; do
    try "unshare$flags.new.$options" unshare $flags mount -t cgroup -o "$options" none /mnt/own
  done
  say "unshare$flags.above" "$(unshare $flags sh -c 'mount -t cgroup -o none,name=systemd none /mnt/own 2> /dev/null && find /mnt/own -name release_agent -o -name libvirt' | head -n 1)"
done
say end end
exec sleep 1000
