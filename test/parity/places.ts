/** What the documents of the corpus speak of on the host: a root, a folder with a file, an image of a file system. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeRoot } from 'tslxc';
import { makeImage } from '../support/root/filesystem-image';
import type { CorpusDocument } from './corpus/document';

export interface Places {
  readonly tree: string;
  readonly data: string;
  readonly image: string;
}

export async function makePlaces(folder: string): Promise<Places> {
  const places = { tree: join(folder, 'tree'), data: join(folder, 'data') };
  await makeRoot(places.tree);
  mkdirSync(places.data);
  writeFileSync(join(places.data, 'page'), 'a page\n');
  return { ...places, image: makeImage('ext4', folder) };
}

/** The document with its own name and these places. */
export function placed(document: CorpusDocument, places: Places): string {
  const words: Readonly<Record<string, string>> = { ...places, name: document.name };
  return document.xml.replace(/@(\w+)@/g, (whole, word: string) => words[word] ?? whole);
}
