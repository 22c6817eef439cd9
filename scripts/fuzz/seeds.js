// What a search begins with besides the corpus: made of the tables and documents as they are now, so that a new version of
// the plan does not leave a fuzzer with nothing that is understood.
'use strict';
const {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { join } = require('node:path');
const { packageRoot } = require('../steps');

const work = join(packageRoot, 'build', 'fuzz');

/** What test/native/fixtures.ts writes, in a folder. */
function writeFixtures() {
  const { buildSync } = require('esbuild');
  const outfile = join(work, 'fixtures.js');
  buildSync({
    absWorkingDir: packageRoot,
    entryPoints: [join('test', 'native', 'fixtures.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
  });
  const folder = join(work, 'fixtures');
  require(outfile).writeFixtures(folder);
  return folder;
}

function goldenDocuments(folder, into) {
  const golden = join(packageRoot, 'test', 'golden', folder);
  for (const name of readdirSync(golden)) {
    if (name.endsWith('.xml')) cpSync(join(golden, name), join(into, `${folder}-${name}`));
  }
}

/** As many as there may be of the daemon, and lengths of the arguments of most, which end with the domain or the network. */
const procedures = 256;
const bodies = [0, 4, 24, 28];

/** A frame of the remote program, as characters that are bytes: a call that opens nothing, or one that brings descriptors. */
function frame(type, words) {
  const header = [0x20008086, 1, 66, type, 1, 0];
  const bytes = Buffer.alloc(4 * (1 + header.length + words.length));
  [bytes.length, ...header, ...words].forEach((word, at) => bytes.writeUInt32BE(word, 4 * at));
  return bytes.toString('latin1');
}

const writers = {
  plan: (into) => {
    const fixtures = writeFixtures();
    for (const name of ['smallest.plan', 'one-list.plan', 'every-operation.plan']) {
      cpSync(join(fixtures, name), join(into, name));
    }
  },
  // One byte says how the stream is split (test/fuzz/messages.cc).
  messages: (into) => {
    const frames = readFileSync(join(writeFixtures(), 'frames'));
    writeFileSync(join(into, 'frames'), Buffer.concat([Buffer.of(0x7f), frames]));
  },
  domain: (into) => {
    goldenDocuments('xml', into);
    goldenDocuments('plan', into);
  },
  network: (into) => goldenDocuments('network', into),
  // What tar, Go and Docker write (test/fuzz/xml/archives.ts).
  archives: (into) => {
    const files = ['5 name=d/ mode=0000755%00', '0 name=d/f data=xyz', '2 name=d/l linkName=f'];
    const nodes = [
      '1 name=h linkName=d/f',
      '3 name=c major=0000001%00 minor=0000003%00',
      '6 name=p',
    ];
    const gnu = 'magic=ustar%20%20%00';
    const texts = {
      ustar: [...files, ...nodes, '0 name=b prefix=a', '.', '.'],
      pax: ['x pax=path=b pax=size=3 pax=mtime=1.5 pax=uid=7', '0 data=xyz', '.', '.'],
      gnu: [
        `K ${gnu} data=b%00`,
        `L ${gnu} data=c%00`,
        `2 ${gnu} accessed=00000000001%00`,
        '.',
        '.',
      ],
      old: ['%00 magic= name=a data=x', '5 magic= name=b/', '.', '.'],
      'no-end': ['0 data=xyz pad=none'],
      attributes: [
        'x pax=SCHILY.xattr.user.a=%00%01 pax=gid=1',
        '0',
        '0 name=b uid=%80%00%00%00%00%00%00%01',
      ],
    };
    for (const [name, lines] of Object.entries(texts)) {
      writeFileSync(join(into, name), lines.join('\n'));
    }
  },
  // A call of each procedure, with zeros as its arguments, and streams of frames (test/fuzz/xml/frames.ts).
  frames: (into) => {
    for (let procedure = 0; procedure < procedures; procedure += 1) {
      for (const length of bodies) {
        const text = `c${String.fromCharCode(procedure)}${'\0'.repeat(length)}`;
        writeFileSync(join(into, `call-${procedure}-${length}`), text);
      }
    }
    const [call, withDescriptors] = [frame(0, []), `${frame(4, [2])}\0\0`];
    writeFileSync(join(into, 'stream'), `f${call}${call}`);
    writeFileSync(join(into, 'stream-with-descriptors'), `f${withDescriptors}${call}`);
  },
};

/** The folder of a fuzzer's seeds, written anew; it may be empty. */
function writeSeeds(name) {
  const folder = join(work, 'seeds', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writers[name]?.(folder);
  // Written by hand, or what a kernel has answered.
  const written = join(packageRoot, 'test', 'fuzz', 'seeds', name);
  if (existsSync(written)) cpSync(written, folder, { recursive: true });
  return folder;
}

module.exports = { work, writeSeeds };
