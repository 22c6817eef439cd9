# Wants all of the processes.
count=0
while [ $count -lt 100 ]; do
	sleep 60 &
	count=$((count + 1))
done
