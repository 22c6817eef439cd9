/** Times as virsh prints them, in this process's time zone. Pure but for that. */

/** `2026-01-31 12:00:00`. */
export function localTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date} ${clock}`;
}

/** `2026-01-31 12:00:00 +0100`. */
export function localTimeWithZone(milliseconds: number): string {
  const east = -new Date(milliseconds).getTimezoneOffset();
  const zone = `${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`;
  return `${localTime(milliseconds)} ${east < 0 ? '-' : '+'}${zone}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
