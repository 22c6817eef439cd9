/** What is written in nftables' language, and loaded by nft(8). */
import { TslxcError } from '../../errors';
import { runProgram } from '../program';

/** Loads a text as one transaction, in the network namespace of this process. @throws as `runProgram`. */
export async function loadNft(text: string, step: string): Promise<void> {
  await runProgram({ program: 'nft', package: 'nftables', args: ['-f', '-'], input: text, step });
}

/** Whether the kernel has a table of the family by that name. @throws as `runProgram`. */
export async function hasTable(
  family: 'inet' | 'bridge',
  table: string,
  step: string,
): Promise<boolean> {
  return (await listTables(step)).has(`${family} ${table}`);
}

/** The tables that the kernel has, each as `FAMILY NAME`. @throws as `runProgram`. */
export async function listTables(step: string): Promise<ReadonlySet<string>> {
  const args = ['list', 'tables'];
  const text = await runProgram({ program: 'nft', package: 'nftables', args, step });
  return new Set(text.split('\n').map((line) => line.replace(/^table /, '')));
}

/** The name of a table for `name`: it begins with `tslxc_`, and differs for different names. */
export function tableFor(name: string): string {
  const escaped = name.replaceAll(
    /[^A-Za-z0-9]/gu,
    (character) => `_${character.codePointAt(0)?.toString(16) ?? ''}_`,
  );
  return `tslxc_${escaped}`;
}

/** The name of an interface. @throws TslxcError CONFIG_UNSUPPORTED for one that can't be written. */
export function quoteDevice(name: string): string {
  if (/["\\*]/u.test(name)) {
    const detail = `the name of the network interface '${name}' cannot be written in nftables' language`;
    throw new TslxcError('CONFIG_UNSUPPORTED', detail);
  }
  return `"${name}"`;
}

/** Deletes a table; `add` first makes it if it does not exist, since nft can't delete a missing one. */
export function withoutTable(family: 'inet' | 'bridge', table: string): string[] {
  return [`add table ${family} ${table}`, `delete table ${family} ${table}`];
}

export function chain(name: string, lines: readonly string[]): string[] {
  return [`  chain ${name} {`, ...lines.map((line) => `    ${line}`), '  }'];
}
