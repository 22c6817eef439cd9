/** Both sides of a comparison: what libvirt and this project make of a document that they are told to define. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from 'tslxc';
import type { Libvirt } from '../support/machine/libvirt';
import type { CorpusDocument } from './corpus/document';

/** The text that is stored, or the words of a refusal. */
export type Defined = { readonly xml: string } | { readonly refusal: string };

const verbs = {
  domain: { define: 'define', dump: 'dumpxml --inactive', undefine: 'undefine' },
  network: { define: 'net-define', dump: 'net-dumpxml --inactive', undefine: 'net-undefine' },
} as const;

/** What `virsh define` and `virsh dumpxml --inactive` say. */
export async function definedByLibvirt(
  libvirt: Libvirt,
  { kind, name }: CorpusDocument,
  { xml, folder }: { readonly xml: string; readonly folder: string },
): Promise<Defined> {
  const file = join(folder, 'document.xml');
  writeFileSync(file, xml);
  const { define, dump, undefine } = verbs[kind];
  const { stdout, stderr } = await libvirt.tryVirsh(
    `${define} ${file}; ${dump} ${name}; ${undefine} ${name}`,
  );
  const start = stdout.indexOf(`<${kind}`);
  if (start < 0) return { refusal: stderr.split('\n').slice(1, 2).join('') };
  const end = `</${kind}>`;
  return { xml: `${stdout.slice(start, stdout.indexOf(end) + end.length)}\n` };
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
