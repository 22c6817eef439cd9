# The first program of the container: asks for an address, then serves pages until it is told to end.
trap 'exit 0' TERM
udhcpc -f &
busybox httpd -f -v -p 80 -h /app/www &
wait $!
