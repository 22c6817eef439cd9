/** All documents of the corpus: one for each feature, and those of the folder `whole`, as users and programs write them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deviceDocuments } from './devices';
import type { CorpusDocument } from './document';
import { filesystemDocuments } from './filesystems';
import { identityDocuments } from './identity';
import { networkDocuments } from './networks';
import { systemDocuments } from './system';
import { tuningDocuments } from './tuning';

const folder = join(__dirname, 'whole');

const wholeDocuments: readonly CorpusDocument[] = readdirSync(folder).map((file) => ({
  name: `whole-${file.replace(/\.xml$/, '')}`,
  kind: 'domain',
  xml: readFileSync(join(folder, file), 'utf8'),
}));

export const corpus: readonly CorpusDocument[] = [
  ...[...identityDocuments, ...systemDocuments, ...tuningDocuments, ...filesystemDocuments],
  ...[...deviceDocuments, ...networkDocuments, ...wholeDocuments],
];
