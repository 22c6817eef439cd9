// Defines, starts, destroys and undefines a domain, while an entry of its state is something else than it should be.
// argv: the library, a root, the path of the entry below it, a canary, an init, the kinds (all without one). Prints one JSON line for each kind of entry.
'use strict';
const { execFileSync } = require('node:child_process');
const { mkdirSync, rmSync, symlinkSync } = require('node:fs');
const { dirname, join } = require('node:path');

const [library, root, entry, canary, init, ...wanted] = process.argv.slice(2);
const { connect } = require(library);
const name = 'state-attacked';
const path = join(root, entry);

const kinds = {
  'link to a file': () => symlinkSync(join(canary, 'file'), path),
  'link to a directory': () => symlinkSync(join(canary, 'dir'), path),
  'link to what is missing': () => symlinkSync(join(canary, 'missing'), path),
  directory: () => mkdirSync(path),
  fifo: () => execFileSync('mkfifo', [path]),
};

const xml = `<domain type='lxc'><name>${name}</name><memory>102400</memory>
<os><type>exe</type><init>${init}</init></os><devices><console type='pty'/></devices></domain>`;

async function live(connection) {
  const steps = [];
  const attempt = async (step, action) => {
    try {
      await action();
      steps.push(`${step}: done`);
    } catch (error) {
      steps.push(`${step}: ${error.message}`);
    }
  };
  await attempt('define', () => connection.defineDomain(xml));
  await attempt('start', async () => (await connection.lookupDomainByName(name)).start());
  await attempt('list', () => connection.listDomains());
  await attempt('destroy', async () => (await connection.lookupDomainByName(name)).destroy());
  await attempt('undefine', async () => (await connection.lookupDomainByName(name)).undefine());
  return steps;
}

(async () => {
  for (const [kind, make] of Object.entries(kinds)) {
    if (wanted.length > 0 && !wanted.includes(kind)) continue;
    for (const folder of ['run', 'etc'])
      rmSync(join(root, folder), { recursive: true, force: true });
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    make();
    const began = performance.now();
    const connection = await connect(undefined, { root });
    const steps = await live(connection);
    await connection.close();
    const milliseconds = Math.round(performance.now() - began);
    process.stdout.write(`${JSON.stringify({ kind, steps, milliseconds })}\n`);
  }
})();
