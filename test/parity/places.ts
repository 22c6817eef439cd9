/**
 * What the documents of the corpus speak of on the host: a root, one whose files belong to the root of the corpus' id maps, a
 * folder with a file, an image of a file system.
 */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { runProgram } from '../support/process/run-command';
import { makeImage } from '../support/root/filesystem-image';
import type { CorpusDocument } from './corpus/document';

export interface Places {
  readonly tree: string;
  readonly mappedTree: string;
  readonly data: string;
  readonly image: string;
}

/** Roots are where an id map may be used: the host's own behind a folder that only root can search, and the other in reach. */
export async function makePlaces(folder: string): Promise<Places> {
  const guarded = join(folder, 'guarded');
  const tree = join(guarded, 'tree');
  const mappedTree = join(folder, 'mapped');
  const data = join(folder, 'data');
  mkdirSync(guarded, { mode: 0o700 });
  await makeRoot(tree);
  await makeRoot(mappedTree);
  await runProgram(['chown', '-R', '100000:100000', mappedTree]);
  chmodSync(folder, 0o711);
  mkdirSync(data);
  writeFileSync(join(data, 'page'), 'a page\n');
  return { tree, mappedTree, data, image: makeImage('ext4', folder) };
}

/** The document with its own name and these places. */
export function placed(document: CorpusDocument, places: Places): string {
  const words: Readonly<Record<string, string>> = { ...places, name: document.name };
  return document.xml.replace(/@(\w+)@/g, (whole, word: string) => words[word] ?? whole);
}
