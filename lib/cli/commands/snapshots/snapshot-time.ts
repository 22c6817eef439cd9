/** A time as virsh prints it: `2026-01-31 12:00:00 +0100`, in this process's time zone. Pure but for that. */
export function formatTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const two = (number: number): string => String(number).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  const east = -time.getTimezoneOffset();
  const zone = `${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`;
  return `${date} ${clock} ${east < 0 ? '-' : '+'}${zone}`;
}
