/** Where a container that is made from an image writes. */
import { randomBytes } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImagePaths } from './store/image-paths';

/** A note beside the folder, with the name of a domain, says that it goes when no domain names it any more. */
export const containerNoteSuffix = '.transient';

/** A directory that is nobody's: it is made at the start of a container that has it as the `upper` of its overlay. */
export function newContainerLayer({ containers }: ImagePaths, domain: string): string {
  return join(containers, `${domain.replace(/[^\w.-]/g, '_')}-${randomBytes(4).toString('hex')}`);
}

/** To be called before the domain is there. */
export async function markTransient(folder: string, domain: string): Promise<void> {
  await writeFile(`${folder}${containerNoteSuffix}`, domain, { mode: 0o600 });
}

/** The domains that layers were made for which go with them. */
export async function transientDomains({ containers }: ImagePaths): Promise<string[]> {
  const notes = (await readdir(containers)).filter((name) => name.endsWith(containerNoteSuffix));
  const read = notes.map((name) => readFile(join(containers, name), 'utf8').catch(() => undefined));
  // One that is gone since was collected.
  return (await Promise.all(read)).filter((domain) => domain !== undefined);
}
