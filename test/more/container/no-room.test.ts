/** No room for what is to be written: the file is named, what it said before is still there, and nothing half-written stays. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from 'tslxc';
import { idRootsPath, runPaths, statePaths } from '../../../lib/host/state/state-paths';
import { domainXml } from '../../support/domain/domain-xml';
import { containerTest } from '../../support/world/container-test';
import { automaticIdMapXml } from '../../support/domain/mapped-domain';
import { runSuccessfully, runWithoutRoom } from '../../support/process/run-command';
import { makeTestRoot } from '../../support/root/test-root';

const root = containerTest(async (keep) => keep(await makeTestRoot()));

async function wordsWithoutRoom(...words: readonly string[]): Promise<string> {
  const { code, stderr } = await runWithoutRoom(words, { root: root.path });
  expect(code).toBe(1);
  return stderr;
}

async function define(xml: string): Promise<void> {
  await using connection = await connect(undefined, { root: root.path });
  await connection.defineDomain(xml);
}

test('for the record of a start', async () => {
  await define(domainXml({ name: 'crowded' }));
  const { start } = runPaths(statePaths(root.path), 'crowded');
  const words = await wordsWithoutRoom('start', 'crowded');
  expect(words).toContain(`error: write ${start}: EFBIG, file too large`);
  expect(readdirSync(dirname(start)).filter((name) => name.endsWith('.new'))).toEqual([]);
  await runSuccessfully(['start', 'crowded'], { root: root.path });
});

test('for a definition', async () => {
  await define(domainXml({ name: 'crowded', init: '/bin/true' }));
  const path = join(statePaths(root.path).definitions, 'crowded.xml');
  const text = readFileSync(path, 'utf8');
  const [, uuid = ''] = /<uuid>(.*)<\/uuid>/.exec(text) ?? [];
  const file = join(root.path, 'new.xml');
  writeFileSync(file, domainXml({ name: 'crowded', uuid, init: '/bin/false' }));
  expect(await wordsWithoutRoom('define', file)).toContain(`write ${path}: EFBIG, file too large`);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(dirname(path)).filter((name) => name.startsWith('.new'))).toEqual([]);
});

test('for one more root that gives ids away: the others stay known', async () => {
  await using other = await makeTestRoot();
  await using connection = await connect(undefined, { root: other.path });
  const elements = automaticIdMapXml;
  const first = await connection.createDomain(domainXml({ name: 'first', elements }));
  await define(domainXml({ name: 'second', elements }));
  expect(await wordsWithoutRoom('start', 'second')).toContain(
    `write ${idRootsPath}: EFBIG, file too large`,
  );
  expect(readFileSync(idRootsPath, 'utf8').split('\n')).toContain(other.path);
  await first.destroy();
});
