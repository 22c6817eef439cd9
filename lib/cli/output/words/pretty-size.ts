/** Sizes as virsh shows them. Pure. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `11.79 GiB` for bytes. */
export function prettySize(bytes: number): string {
  const power = units.findIndex((_, index) => bytes < 1024 ** (index + 1));
  const index = power < 0 ? units.length - 1 : power;
  return `${(bytes / 1024 ** index).toFixed(2)} ${units[index] ?? ''}`;
}
