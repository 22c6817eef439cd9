/** The directory that a container made from an image writes to. */
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImagePaths } from './store/image-paths';
import { fileError, saysMissing, unlessMissing } from '../host/state/file-error';

/** Suffix of a note beside the folder, which holds the name of a domain: the folder is removed once no domain names it any more. */
export const containerNoteSuffix = '.transient';

/** The path of a new directory. It is made at the start of the container that has it as the `upper` of its overlay. */
export function newContainerLayer({ containers }: ImagePaths, domain: string): string {
  return join(containers, `${beginOf(domain)}${randomBytes(4).toString('hex')}`);
}

/** The directories that were made for domains of that name and are removed with them. @throws errors of node:fs. */
export function transientLayers({ containers }: ImagePaths, domain: string): string[] {
  const names = unlessMissing(() => readdirSync(containers)) ?? [];
  return names
    .filter((name) => name.startsWith(beginOf(domain)) && name.endsWith(containerNoteSuffix))
    .filter((name) => unlessMissing(() => readFileSync(join(containers, name), 'utf8')) === domain)
    .map((name) => join(containers, name.slice(0, -containerNoteSuffix.length)));
}

/** The first part of the names of its directories. */
function beginOf(domain: string): string {
  return `${domain.replace(/[^\w.-]/g, '_')}-`;
}

/** To be called before the domain exists. */
export async function markTransient(folder: string, domain: string): Promise<void> {
  await writeFile(`${folder}${containerNoteSuffix}`, domain, { mode: 0o600 });
}

/** The domains whose layers are removed together with them. */
export async function transientDomains({ containers }: ImagePaths): Promise<string[]> {
  const notes = (await readdir(containers)).filter((name) => name.endsWith(containerNoteSuffix));
  const read = notes.map((name) => readFile(join(containers, name), 'utf8').catch(unlessCollected));
  return (await Promise.all(read)).filter((domain) => domain !== undefined);
}

/** A note that has disappeared meanwhile was collected. */
function unlessCollected(error: unknown): undefined {
  if (!saysMissing(error)) throw fileError(error, 'look for layers of containers');
}
