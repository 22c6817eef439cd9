/** Both sides of a comparison: what libvirt and this project make of a document that they are told to define. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'tslxc';
import type { Libvirt } from '../support/machine/libvirt';
import type { CorpusDocument } from './corpus/document';
import { withoutRandom } from './lines';

/** The text that is stored, or the words of a refusal. */
export type Defined = { readonly xml: string } | { readonly refusal: string };

const verbs = {
  domain: { define: 'define', dump: 'dumpxml --inactive', undefine: 'undefine' },
  network: { define: 'net-define', dump: 'net-dumpxml --inactive', undefine: 'net-undefine' },
} as const;

/** What virsh says once something is stored, with its name. */
const stored = /^(?:Domain|Network) '?(.*?)'? defined from /s;

/** What `virsh define` and `virsh dumpxml --inactive` say. */
export async function definedByLibvirt(
  libvirt: Libvirt,
  { kind }: CorpusDocument,
  { xml, folder }: { readonly xml: string; readonly folder: string },
): Promise<Defined> {
  const file = join(folder, 'document.xml');
  writeFileSync(file, xml);
  const { define, dump, undefine } = verbs[kind];
  const { stdout, stderr } = await libvirt.inside(['virsh', '-c', 'lxc:///', define, file]);
  const name = stored.exec(stdout)?.[1];
  if (name === undefined) return { refusal: stderr.split('\n').slice(1, 2).join('') };
  const word = `--${kind} '${name}'`;
  const printed = await libvirt.virsh(`${dump} ${word}; ${undefine} ${word}`);
  const end = `</${kind}>`;
  return { xml: `${printed.slice(0, printed.indexOf(end) + end.length)}\n` };
}

/** The same here. */
export async function definedHere(
  connection: Connection,
  { kind }: CorpusDocument,
  xml: string,
): Promise<Defined> {
  try {
    if (kind === 'domain') {
      const domain = await connection.defineDomain(xml);
      const text = await domain.xml({ which: 'inactive' });
      await domain.undefine();
      return { xml: text };
    }
    const network = await connection.defineNetwork(xml);
    const text = await network.xml({ which: 'inactive' });
    await network.undefine();
    return { xml: text };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

/** The lines to be compared; where one side refuses the document, only that. */
export function linesOf(defined: Defined, other: Defined, source: string): string[] {
  if ('refusal' in defined) return ['refused'];
  if ('refusal' in other) return ['defined'];
  return withoutRandom(defined.xml, source).trimEnd().split('\n');
}
