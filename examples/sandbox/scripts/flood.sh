# Wants all of the disk on which its output is kept, and what it may write itself.
cat /dev/zero >zero
while :; do echo more and more; done
