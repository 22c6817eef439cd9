/** The programs of LVM, by which a pool of type logical has its volume group made, activated and looked at. */
import { runProgram } from '../../host/program';

type Program =
  'vgs' | 'vgcreate' | 'vgchange' | 'vgremove' | 'pvremove' | 'lvs' | 'lvcreate' | 'lvremove';

/** Nothing is asked: without a terminal, what would need a yes is refused. @throws as `runProgram`. */
export async function lvm(
  program: Program,
  step: string,
  ...args: readonly string[]
): Promise<string> {
  return await runProgram({ program, package: 'lvm2', args, step });
}

/** No name of LVM's has it. */
const separator = '|';

/** What is asked of logical volumes. */
export const volumeFields = ['lv_name', 'lv_size', 'lv_attr'] as const;

/** The rows of a report, with these fields as texts; sizes are numbers of bytes. @throws as `runProgram`. */
export async function report<Field extends string>(
  program: 'vgs' | 'lvs',
  {
    group,
    fields,
    step,
  }: { readonly group: string; readonly fields: readonly Field[]; readonly step: string },
): Promise<Readonly<Record<Field, string>>[]> {
  const form = ['--noheadings', '--separator', separator, '--units', 'b', '--nosuffix'];
  const text = await lvm(program, step, ...form, '--options', fields.join(','), group);
  return parseReport(text, fields);
}

/** Pure. */
export function parseReport<Field extends string>(
  text: string,
  fields: readonly Field[],
): Readonly<Record<Field, string>>[] {
  const rows = text.split('\n').filter((line) => line.trim() !== '');
  return rows.map((line) => {
    const values = line.trim().split(separator);
    const named = fields.map((field, index) => [field, values[index]?.trim() ?? ''] as const);
    return Object.fromEntries(named) as Record<Field, string>;
  });
}
