/**
 * T28: a host that hands core dumps to a program (`core_pattern` with a pipe) executes it, with the host's rights and outside of
 * the container, for a process of a container that crashes. It is one for all, so that only a machine of its own can have one.
 */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Domain } from 'tslxc';
import { domainXml } from '../support/domain/domain-xml';
import { eventually } from '../support/time/eventually';
import { containerTest, rootAndConnection } from '../support/world/container-test';

const pattern = '/proc/sys/kernel/core_pattern';
const handler = '/var/tmp/core-handler';
const seen = '/var/tmp/core-seen';

const world = containerTest(async (keep) => {
  const made = await rootAndConnection(keep);
  const before = readFileSync(pattern, 'latin1');
  keep(() => {
    writeFileSync(pattern, before);
    for (const path of [handler, seen]) rmSync(path, { force: true });
  });
  writeFileSync(handler, `#!/bin/sh\ncat >/dev/null\necho "$1" >>${seen}\n`);
  chmodSync(handler, 0o755);
  writeFileSync(pattern, `|${handler} %s`);
  return made;
});

async function crash(elements: string, words = 'kill -SEGV $$', signal = 'SIGSEGV'): Promise<void> {
  const domain: Domain = await world.connection.createDomain(
    domainXml({ name: 'crashes', init: '/bin/sleep', initArguments: ['1000'], elements }),
  );
  const process = await domain.exec(['sh', '-c', words]).started;
  expect(await process.result).toMatchObject({ signal });
  await domain.destroy();
}

const limit = (soft: string): string =>
  `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:rlimit name='core' soft='${soft}' hard='unlimited'/></t:container></metadata>`;

test('a crash in a container executes nothing', async () => {
  await crash('');
  // By the time that a later one has been told of, this one would have been as well.
  await crash(limit('0'), 'kill -ABRT $$', 'SIGABRT');
  await eventually(() => expect(readFileSync(seen, 'latin1')).toContain('6\n'), 20_000);
  expect(readFileSync(seen, 'latin1')).toBe('6\n');
});

test.each([
  ['with a limit of 0 in the definition', limit('0'), undefined],
  ['with a limit of 0 that the process has set itself', '', 'ulimit -c 0; kill -SEGV $$'],
])('control: %s the host’s program runs', async (_, elements, words) => {
  await crash(elements, words);
  await eventually(() => expect(readFileSync(seen, 'latin1')).toBe('11\n'), 20_000);
});
