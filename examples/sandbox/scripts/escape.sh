# Tries what a stranger would try first. Each line tells of one thing that it could do.
touch /bin/own 2>/dev/null && echo 'changed the root that all share'
mount -t tmpfs none /mnt 2>/dev/null && echo 'mounted a file system'
kill -9 1 2>/dev/null && echo 'sent its init a signal'
wget -q -T 2 -O /dev/null http://192.0.2.1/ 2>/dev/null && echo 'reached the network'
cat /proc/kcore >/dev/null 2>&1 && echo 'read the memory of the kernel'
echo 1 2>/dev/null >/proc/sys/kernel/sysrq && echo 'changed a setting of the kernel'
grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status || echo 'has capabilities'
grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status || echo 'may gain privileges'
grep -q '^Seccomp:[[:space:]]*2$' /proc/self/status || echo 'may make any system call'
grep -q '^ *0 *0 ' /proc/self/uid_map && echo 'has the ids of the host'
echo done
