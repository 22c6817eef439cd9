/** lib/host/state/definitions/definition-store.ts: definitions on disk, replaced as a whole or not at all. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { parseDomain } from '../../../../lib/domain/parse';
import { domainStore, generatorsOf } from '../../../../lib/driver/session/stores';
import { native } from '../../../../lib/host/native';
import { isFileName } from '../../../../lib/host/state/definitions/definition-name';
import { domainXml } from '../../../support/domain/domain-xml';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';
import { runChild, source } from '../../driver/source-child';
import { containing, errorOf } from '../../driver/refusal';

removeScratchAfterEach();

const uuid = '11111111-2222-3333-4444-555555555555';
const newMac = () => '52:54:00:00:00:01';
const made = { newUuid: randomUUID, newMac, portId: () => '' };
const context = { arch: 'x86_64', emulator: '/monitor', ...made };
const definition = (name: string) => parseDomain(domainXml({ name, uuid }), context);

const xmlError = expect.objectContaining({ code: 'XML_DETAIL' }) as Error;

function makeStore(directory = join(scratchDirectory(), 'etc', 'lxc')) {
  const parsed: string[] = [];
  const warnings: object[] = [];
  const none = () => undefined;
  const warn = (fields: object) => void warnings.push(fields);
  const parse = (xml: string, path: string) => {
    const read = parseDomain(xml, { ...context, ...generatorsOf(path) });
    parsed.push(read.name);
    return read;
  };
  const logger = { debug: none, info: none, warn, error: none };
  const store = domainStore({ directory, parse, logger });
  return { store, directory, warnings, parsed };
}

test('what was written is read again, by another store too', async () => {
  const { store, directory } = makeStore();
  expect(await store.write(definition('web'))).toBe('added');
  expect(store.read('web')).toMatchObject({ name: 'web', uuid, memory: 102400 });
  expect(await store.identities()).toEqual([{ name: 'web', uuid }]);
  expect(await store.write({ ...definition('web'), memory: 4096 })).toBe('updated');
  expect(store.read('web')?.memory).toBe(4096);
  expect(readdirSync(directory)).toEqual(['web.xml']);
});

test('files are 0600 in directories of 0700, and begin with a comment that says whose they are', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  expect(statSync(join(directory, 'web.xml')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(readFileSync(join(directory, 'web.xml'), 'utf8')).toMatch(
    /^<!--\nThis file is written by tslxc [^]*-->\n\n<domain type='lxc'>/,
  );
});

test('a fifo in the place of a definition holds no caller up', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  execFileSync('mkfifo', [join(directory, 'pipe.xml')]);
  expect(await store.identities()).toEqual([
    {
      name: 'pipe',
      uuid: generatorsOf(join(directory, 'pipe.xml')).newUuid(),
      unreadable: xmlError,
    },
    { name: 'web', uuid },
  ]);
  expect(await errorOf(() => store.read('pipe'))).toMatchObject({
    path: join(directory, 'pipe.xml'),
  });
});

test('removing takes the definition and its autostart link', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  mkdirSync(join(directory, 'autostart'));
  symlinkSync(join(directory, 'web.xml'), join(directory, 'autostart', 'web.xml'));
  expect(store.isAutostarted('web')).toBe(true);
  expect(await store.remove('web')).toBe(true);
  expect(readdirSync(join(directory, 'autostart'))).toEqual([]);
  expect(store.has('web')).toBe(false);
  expect(store.read('web')).toBeUndefined();
  expect(await store.remove('web')).toBe(false);
});

test('the autostart of a definition is a link to it', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  await store.setAutostart('web', 'on');
  await store.setAutostart('web', 'on');
  expect(store.isAutostarted('web')).toBe(true);
  const link = join(directory, 'autostart', 'web.xml');
  expect(readlinkSync(link)).toBe(join(directory, 'web.xml'));
  await store.setAutostart('web', 'off');
  await store.setAutostart('web', 'off');
  expect(store.isAutostarted('web')).toBe(false);
  expect(readdirSync(directory)).toEqual(['autostart', 'web.xml']);
});

test('a store that is not there yet is an empty one', async () => {
  const { store } = makeStore();
  expect(await store.identities()).toEqual([]);
  expect(store.read('web')).toBeUndefined();
  expect(await store.remove('web')).toBe(false);
});

test('a file that is no definition is listed with the reason, named once, and left alone', async () => {
  const { store, directory, warnings } = makeStore();
  await store.write(definition('web'));
  const bad = join(directory, 'bad.xml');
  writeFileSync(bad, '<domain');
  utimesSync(bad, 1, 1);
  await new Promise((resolve) => setTimeout(resolve, 80));
  const found = await store.identities();
  expect(found).toEqual([
    { name: 'bad', uuid: expect.any(String) as string, unreadable: xmlError },
    { name: 'web', uuid },
  ]);
  expect(found[0]?.unreadable?.message).toContain(bad);
  expect(await store.identities()).toEqual(found);
  expect(store.identity('bad')).toEqual(found[0]);
  expect(await makeStore(directory).store.identities()).toEqual(found);
  expect(store.text('bad')).toBe('<domain');
  expect(await store.definitions()).toHaveLength(1);
  expect(warnings).toEqual([expect.objectContaining({ path: bad })]);
  expect(readFileSync(bad, 'utf8')).toBe('<domain');
  expect(await errorOf(() => store.read('bad'))).toMatchObject({ code: 'XML_DETAIL', path: bad });
});

test('a file under another name than its domain is no definition of either', async () => {
  const { store, directory, warnings } = makeStore();
  await store.write(definition('web'));
  writeFileSync(join(directory, 'other.xml'), readFileSync(join(directory, 'web.xml')));
  const [other, web] = await store.identities();
  expect(other).toMatchObject({
    name: 'other',
    unreadable: expect.objectContaining({ code: 'XML_ERROR' }) as Error,
  });
  expect(other?.uuid).not.toBe(uuid);
  expect(web).toEqual({ name: 'web', uuid });
  expect(warnings).toHaveLength(1);
  expect(await errorOf(() => store.read('other'))).toMatchObject({ code: 'XML_ERROR' });
});

test.each([
  ['of another kind', 'web', (text: string) => text.replace("'lxc'", "'newer'")],
  ['torn', 'web', (text: string) => text.slice(0, text.indexOf('<memory'))],
  ['torn, of a name with special characters', 'a&b<c>', (text: string) => text.slice(0, -9)],
])('the uuid in a file is that of its domain, also when it is %s', async (_, name, damage) => {
  const { store, directory } = makeStore();
  await store.write(definition(name));
  const path = join(directory, `${name}.xml`);
  const whole = store.text(name) ?? '';
  expect(whole).toMatch(/^<domain/);
  writeFileSync(path, damage(readFileSync(path, 'utf8')));
  const unreadable = expect.objectContaining({ name: 'DefinitionError', path }) as Error;
  const identity = { name, uuid, unreadable };
  expect(await store.identities()).toEqual([identity]);
  expect(store.identity(name)).toEqual(identity);
  expect(store.text(name)).toBe(damage(whole));
  await store.write(definition(name));
  expect(store.identity(name)).toEqual({ name, uuid });
});

test('a file that the disk does not give is listed with the reason, and said to be nothing else', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  mkdirSync(join(directory, 'folder.xml'));
  symlinkSync('loop.xml', join(directory, 'loop.xml'));
  expect(await store.identities()).toMatchObject([
    { name: 'folder', unreadable: { code: 'XML_ERROR', path: join(directory, 'folder.xml') } },
    { name: 'loop', unreadable: { code: 'SYSTEM_ERROR', message: containing('ELOOP') } },
    { name: 'web', uuid },
  ]);
  expect(store.identity('folder')?.unreadable?.message).toContain('a directory is in its place');
  expect(store.identity('loop')?.unreadable?.message).toContain('ELOOP');
});

test('a file in another encoding is no definition until it is saved in UTF-8, and its uuid stays', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  const path = join(directory, 'web.xml');
  const title = '<title>Küche</title>';
  const text = readFileSync(path, 'utf8').replace('</name>', `</name>${title}`);
  writeFileSync(path, text, 'latin1');
  const unreadable = { code: 'XML_ERROR', path, message: containing('it is not in UTF-8') };
  expect(store.identity('web')).toMatchObject({ name: 'web', uuid, unreadable });
  expect(() => store.read('web')).toThrow('it is not in UTF-8');
  expect(() => store.text('web')).toThrow('it is not in UTF-8');
  writeFileSync(path, text);
  expect(store.identity('web')).toEqual({ name: 'web', uuid });
  expect(store.read('web')?.title).toBe('Küche');
});

test('a file without uuid has the same at each reading, and another than its neighbour', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  for (const name of ['a', 'b']) writeFileSync(join(directory, `${name}.xml`), domainXml({ name }));
  const [first, second] = await store.identities();
  expect(first?.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(store.read('a')?.uuid).toBe(first?.uuid);
  expect(store.read('b')?.uuid).toBe(second?.uuid);
  expect(first?.uuid).not.toBe(second?.uuid);
});

test('so have its interfaces', () => {
  const { store, directory } = makeStore();
  mkdirSync(directory, { recursive: true });
  const link = "<interface type='bridge'><source bridge='br0'/></interface>";
  const devices = `<console type='pty'/>${link}${link}`;
  for (const name of ['a', 'b']) {
    writeFileSync(join(directory, `${name}.xml`), domainXml({ name, devices }));
  }
  const macs = () =>
    ['a', 'b'].flatMap((name) => store.read(name)?.interfaces.map(({ mac }) => mac));
  expect(new Set(macs()).size).toBe(4);
  expect(macs()).toEqual(macs());
  expect(macs().every((mac) => /^52:54:00(:[0-9a-f]{2}){3}$/.test(mac ?? ''))).toBe(true);
});

test('the addresses in other files are found, whether these are definitions or not', async () => {
  const { store, directory } = makeStore();
  expect(await store.addresses({ except: 'other' })).toEqual(new Set());
  await store.write(definition('web'));
  writeFileSync(join(directory, 'bad.xml'), "<mac address='52:54:00:00:00:0A'");
  mkdirSync(join(directory, 'folder.xml'));
  expect(await store.addresses({ except: 'web' })).toEqual(new Set(['52:54:00:00:00:0a']));
  expect(await store.addresses({ except: 'bad' })).toEqual(new Set());
});

test('what was written, read or looked for before is not parsed again, unless it has changed', async () => {
  const { store, directory, parsed } = makeStore();
  const names = ['a', 'b', 'c'];
  for (const name of names) await store.write({ ...definition(name), uuid: randomUUID() });
  expect(await store.identities()).toHaveLength(3);
  // Each has just been written here: the uuid is known.
  expect(parsed).toEqual([]);
  const other = makeStore(directory);
  for (let time = 0; time < 3; time += 1) expect(await other.store.identities()).toHaveLength(3);
  expect(other.parsed).toEqual(names);
  writeFileSync(join(directory, 'b.xml'), domainXml({ name: 'b', uuid }));
  expect(await other.store.identities()).toContainEqual({ name: 'b', uuid });
  expect(await store.identities()).toContainEqual({ name: 'b', uuid });
  expect(other.parsed).toEqual([...names, 'b']);
  expect(parsed).toEqual(['b']);
  expect(store.read('a')?.uuid).toBe(other.store.read('a')?.uuid);
});

test('a change by another process is seen', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  expect(store.identity('web')?.uuid).toBe(uuid);
  const other = uuid.replace(/1/g, '9');
  writeFileSync(join(directory, 'web.xml'), domainXml({ name: 'web', uuid: other }));
  expect(store.identity('web')?.uuid).toBe(other);
  expect(await store.identities()).toEqual([{ name: 'web', uuid: other }]);
});

test('what a link leads to is a definition as well, and is looked at off the event loop', async () => {
  const { store, directory, warnings } = makeStore();
  await store.write(definition('web'));
  const survey = jest.spyOn(native(), 'survey');
  expect(await store.identities()).toEqual([{ name: 'web', uuid }]);
  expect(survey).not.toHaveBeenCalled();
  const other = uuid.replace(/1/g, '9');
  writeFileSync(join(directory, '..', 'elsewhere'), domainXml({ name: 'db', uuid: other }));
  symlinkSync('../elsewhere', join(directory, 'db.xml'));
  symlinkSync('../nowhere', join(directory, 'none.xml'));
  expect(await store.identities()).toEqual([
    { name: 'db', uuid: other },
    expect.objectContaining({ name: 'none', unreadable: expect.any(Error) as unknown }),
    { name: 'web', uuid },
  ]);
  expect(survey).toHaveBeenCalledTimes(1);
  expect(warnings).toHaveLength(1);
  expect(store.identity('none')?.unreadable?.message).toContain('ENOENT');
  survey.mockRestore();
});

test('renames that can not be looked for are an error, and not none', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  writeFileSync(join(directory, 'renames'), '');
  await expect(store.identities()).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('reading many definitions keeps no other caller waiting', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  for (let index = 0; index < 300; index++) {
    writeFileSync(join(directory, `d${index}.xml`), domainXml({ name: `d${index}` }));
  }
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);
  expect(await store.identities()).toHaveLength(301);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(2);
});

test.each(['', '.', '..', 'a/b', '/', 'a\0b', 'a\nb', 'a\u007f', 'n'.repeat(251), 'ü'.repeat(126)])(
  '%j is no name of a file',
  async (name) => {
    expect(isFileName(name)).toBe(false);
    const { store } = makeStore();
    expect(store.has(name)).toBe(false);
    expect(store.read(name)).toBeUndefined();
    expect(await errorOf(() => store.path(name))).toMatchObject({ code: 'XML_ERROR' });
  },
);

test('the longest name, and one that looks like a temporary file, can be stored', async () => {
  const { store } = makeStore();
  const names = ['.new-1', 'n'.repeat(230)];
  for (const name of names) await store.write(definition(name));
  expect((await store.identities()).map(({ name }) => name)).toEqual(names);
});

test('what a killed writer left is no definition, and goes with a later write once it is old', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  for (const name of ['.new-1-a', '.new-1-b']) writeFileSync(join(directory, name), '<dom');
  utimesSync(join(directory, '.new-1-a'), 1, 1);
  expect(await store.identities()).toHaveLength(1);
  await store.write(definition('db'));
  expect(readdirSync(directory).sort()).toEqual(['.new-1-b', 'db.xml', 'web.xml']);
});

test('a failed write leaves what was there, and nothing else', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  const before = readFileSync(join(directory, 'web.xml'));
  const full = Object.assign(new Error('full'), { errno: -28, syscall: 'rename' });
  jest.spyOn(promises, 'rename').mockRejectedValueOnce(full);
  await expect(store.write(definition('web'))).rejects.toMatchObject({
    code: 'SYSTEM_ERROR',
    syscall: 'rename',
    path: join(directory, 'web.xml'),
    step: 'store a definition',
  });
  expect(readdirSync(directory)).toEqual(['web.xml']);
  expect(readFileSync(join(directory, 'web.xml'))).toEqual(before);
});

test('a reader sees the one or the other, while writers are killed in the middle', async () => {
  const { store, directory } = makeStore();
  await store.write(definition('web'));
  const child = (memory: number) =>
    runChild(`
      const { domainStore } = require(${source('driver/session/stores.ts')});
      const { parseDomain } = require(${source('domain/parse.ts')});
      const parse = (xml) => parseDomain(xml, { arch: 'x86_64', emulator: '/m', newUuid: () => '', newMac: () => '' });
      const store = domainStore({ directory: ${JSON.stringify(directory)}, parse });
      const definition = store.read('web');
      for (let count = 0; ; count++) {
        if (count === 8) setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3);
        await store.write({ ...definition, memory: ${memory} });
      }
    `).catch(String);
  const ended = Promise.all([child(1111), child(2222)]);
  const seen = new Set<number | undefined>();
  const over = new AbortController();
  void ended.then(() => over.abort());
  while (!over.signal.aborted) {
    for (let count = 0; count < 20; count++) seen.add(store.read('web')?.memory);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await ended).toEqual([containing('exit code -1'), containing('exit code -1')]);
  // This process may have had no turn while they wrote.
  seen.add(store.read('web')?.memory);
  expect([102400, 1111, 2222]).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBeGreaterThan(1);
  expect(await store.identities()).toEqual([{ name: 'web', uuid }]);
});
