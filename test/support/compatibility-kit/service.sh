#!/bin/sh
# Stands for systemctl(1) and service(8) where libvirt's compatibility kit asks them about libvirtd: `systemctl VERB libvirtd`,
# `service libvirtd VERB`. KIT_DAEMON is what starts the daemon, KIT_READY what succeeds when it serves, KIT_PID the file with its pid.
set -eu

case $0 in
*/service) verb=$2 ;;
*) verb=$1 ;;
esac

runs() {
  [ -s "$KIT_PID" ] && kill -0 "$(cat "$KIT_PID")" 2>/dev/null
}

# Waits up to a minute.
wait_until() {
  tries=600
  until "$@"; do
    tries=$((tries - 1))
    if [ "$tries" = 0 ]; then
      echo "$verb: it takes too long" >&2
      exit 1
    fi
    sleep 0.1
  done
}

serves() {
  sh -c "$KIT_READY" >/dev/null 2>&1
}

is_off() {
  ! runs
}

start() {
  setsid sh -c "exec $KIT_DAEMON" </dev/null >>"$KIT_PID.log" 2>&1 &
  echo $! >"$KIT_PID"
  wait_until serves
}

stop() {
  runs || return 0
  kill -TERM "$(cat "$KIT_PID")"
  wait_until is_off
  : >"$KIT_PID"
}

case $verb in
status) if runs; then echo 'active (running)'; else echo 'inactive (dead)'; fi ;;
start) start ;;
stop) stop ;;
restart) stop && start ;;
reload) kill -HUP "$(cat "$KIT_PID")" ;;
*)
  echo "$verb is not asked of it" >&2
  exit 1
  ;;
esac
