/** Parameters as virsh prints them: the names in a column of 15. */

export function parameterLine(name: string, value: string | number): string {
  return `${name.padEnd(15)}: ${value}`;
}
