// How much a container's console carries into a stream of the library that reads it, beside a pty with nothing between.
'use strict';
const { runOrFail } = require('../../steps');
const { domainXml } = require('../domain-xml');
const { figureOf } = require('../figure');
const { compiled } = require('../programs');
const { takeTurns } = require('../turns');

const megabytes = 64;
const bytes = megabytes * 2 ** 20;
const name = 'bench-console';
/** Waits for a line, so that there is no output before its reader is ready. */
const script = `read go; dd if=/dev/zero bs=65536 count=${bytes / 65536} 2&gt;/dev/null; exec sleep 10000`;
const rate = (milliseconds) => ({ rate: bytes / 1e6 / (milliseconds / 1000) });

async function throughPty(site) {
  const program = await compiled('bare-pty');
  const argv = [program, String(bytes), `${site.root}/bin/sh`, '-c', script.replace('&gt;', '>')];
  return async () => rate(Number(await runOrFail(argv, (text) => `bare-pty: ${text.trim()}`)));
}

async function throughLibrary({ service }, site) {
  const argv = ['/bin/sh', '-c', script];
  const xml = domainXml({ name, variant: 'plain', argv, root: site.root });
  await service.ask('define', { name, xml });
  return async () => {
    await service.ask('start', { name });
    const { milliseconds } = await service.ask('readConsole', { name, bytes });
    await service.ask('destroy', { name });
    return rate(milliseconds);
  };
}

const consoleThroughput = {
  title: `${megabytes} MiB over a console`,
  async run({ open, site, pace }, scenario) {
    const library = await open.get('library');
    const players = {
      'bare pty': await throughPty(site),
      library: await throughLibrary(library, site),
    };
    const onFailure = (player, message) => open.leaveOut(player, message);
    const runs = Math.min(pace.runs ?? 5, 20);
    const samples = await takeTurns(players, { runs, onFailure });
    await library.service.ask('undefine', { name });
    const what = { key: `${scenario}.rate`, title: 'console', unit: 'MB/s', reference: 'bare pty' };
    return [figureOf(what, samples.rate ?? {})];
  },
};

module.exports = { consoleThroughput };
