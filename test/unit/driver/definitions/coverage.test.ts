/** What has no effect of a definition is told of: by define and by start, and refused when that is asked for. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { connect } from '../../../../lib/driver/connection';
import { statePaths } from '../../../../lib/host/state/state-paths';
import type { Warning } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import type { TslxcError } from '../../../../lib/errors';
import { errorOf } from '../refusal';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

const refusal = async (call: Promise<unknown>): Promise<TslxcError> =>
  (await errorOf(() => call)) as TslxcError;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const xml = domainXml({
  name: 'web',
  elements: '<cpu/>',
  devices: "<serial type='pty'/><colour/>",
});
const plain = domainXml({ name: 'web' });

/** The stored file has other lines than the text. */
const stored = (): string => join(statePaths(host.root).definitions, 'web.xml');

function strictHost(): void {
  const { settings } = statePaths(host.root);
  mkdirSync(dirname(settings), { recursive: true });
  writeFileSync(settings, 'strict = 1\n');
}

const warned = (): unknown[] =>
  host.lines.flatMap(({ level, fields, message }) => (level === 'warn' ? [[fields, message]] : []));

test('define leaves out what is unknown, and says so once it is stored', async () => {
  const seen: Warning[] = [];
  const connection = host.connect();
  const domain = await connection.defineDomain(xml, { onWarning: (one) => seen.push(one) });
  expect(seen).toEqual([
    {
      detail: 'UnknownElement',
      message:
        "<colour> is left out: libvirt's schema does not know it (domain/devices/colour, line 11, column 21)",
      element: 'domain/devices/colour',
      line: 11,
      column: 21,
    },
  ]);
  expect(warned()).toEqual([[{ domain: 'web', warning: 'UnknownElement' }, seen[0]?.message]]);
  expect(await domain.xml()).not.toContain('colour');
  expect(await domain.xml()).toContain("<serial type='pty'>");
});

test('start goes on without the rest: a result, an event and a line in the log for each part', async () => {
  host.warnings = ['SharedHostNetwork'];
  const connection = host.connect();
  const domain = await connection.defineDomain(xml);
  host.lines.length = 0;
  const told: Warning[] = [];
  const { warnings } = await domain.start({ onWarning: (one) => told.push(one) });
  expect(told).toEqual(warnings);
  const lines = readFileSync(stored(), 'utf8').split('\n');
  const lineOf = (text: string): number => lines.findIndex((line) => line.includes(text)) + 1;
  expect(warnings).toEqual([
    {
      detail: 'IgnoredElement',
      message: expect.stringMatching(
        `^<cpu> is ignored: .* \\(domain/cpu, line ${lineOf('<cpu')}, column 3\\) of ${stored()}$`,
      ) as string,
      element: 'domain/cpu',
      line: lineOf('<cpu'),
      column: 3,
      path: stored(),
    },
    expect.objectContaining({
      detail: 'IgnoredElement',
      element: 'domain/devices/serial',
      line: lineOf('<serial'),
    }),
    {
      detail: 'SharedHostNetwork',
      message: expect.stringContaining("the host's network") as string,
    },
  ]);
  expect(warned()).toEqual(
    warnings.map(({ detail, message }) => [{ domain: 'web', warning: detail }, message]),
  );
  const events = readFileSync(statePaths(host.root).events, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events.filter(({ event }) => event === 'warning')).toMatchObject([
    {
      detail: 'IgnoredElement',
      domain: 'web',
      element: 'domain/cpu',
      line: lineOf('<cpu'),
      column: 3,
    },
    { detail: 'IgnoredElement', element: 'domain/devices/serial' },
    { detail: 'SharedHostNetwork' },
  ]);
});

test('a definition that is carried out in full has no warnings', async () => {
  const domain = await host.connect().defineDomain(plain, { validate: true });
  expect(await domain.start({ strict: true })).toEqual({ warnings: [] });
});

test('a strict start names all of it, and the stored file', async () => {
  const domain = await host.connect().defineDomain(xml);
  const error = await refusal(domain.start({ strict: true }));
  expect(error).toMatchObject({ code: 'CONFIG_UNSUPPORTED', path: stored() });
  expect(error.problems?.map(({ element }) => element)).toEqual([
    'domain/cpu',
    'domain/devices/serial',
  ]);
  expect(error.message.split('\n')[0]).toBe(
    `unsupported configuration: 2 parts of the definition are not carried out, and the start is strict (${stored()}):`,
  );
  expect(await domain.state()).toMatchObject({ state: 'shutoff', reason: 'failed' });
  await domain.start();
});

test('create warns of both, and refuses both', async () => {
  const seen: string[] = [];
  const connection = host.connect();
  const domain = await connection.createDomain(xml, {
    onWarning: ({ detail }) => seen.push(detail),
  });
  expect(seen).toEqual(['IgnoredElement', 'IgnoredElement', 'UnknownElement']);
  await domain.destroy();
  const validated = await refusal(connection.createDomain(xml, { validate: true }));
  expect(validated).toMatchObject({ code: 'XML_INVALID_SCHEMA', element: 'domain/devices/colour' });
  const known = xml.replace('<colour/>', '');
  expect(await refusal(connection.createDomain(known, { strict: true }))).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    problems: [{ element: 'domain/cpu' }, { element: 'domain/devices/serial' }],
  });
  await connection.createDomain(known, { validate: true });
});

test('strict = 1 in lxc.conf holds for every definition, start and plan of the host', async () => {
  const connection = host.connect();
  const domain = await connection.defineDomain(xml);
  strictHost();
  expect(await refusal(connection.defineDomain(xml))).toMatchObject({ code: 'XML_INVALID_SCHEMA' });
  expect(await refusal(domain.start({ strict: false }))).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    problems: [{ element: 'domain/cpu' }, { element: 'domain/devices/serial' }],
  });
  expect(
    await refusal(connection.plan({ xml: plain.replace('<os>', '<cpu/><os>') })),
  ).toMatchObject({
    code: 'CONFIG_UNSUPPORTED',
    element: 'domain/cpu',
  });
});

test('a plan tells of what its start would ignore, and is refused where that would be', async () => {
  await using connection = await connect(undefined, { root: host.root });
  const seen: (string | undefined)[] = [];
  const onWarning = ({ element }: Warning): void => void seen.push(element);
  const ignoring = plain.replace('<os>', '<cpu/><os>');
  await connection.plan({ xml: ignoring }, { onWarning });
  expect(seen).toEqual(['domain/cpu']);
  expect(await refusal(connection.plan({ xml: ignoring }, { strict: true }))).toMatchObject({
    problems: [{ element: 'domain/cpu' }],
  });
});

test('an action of which a part is left out does the rest', async () => {
  const actions = '<on_poweroff>preserve</on_poweroff><on_reboot>rename-restart</on_reboot>';
  const domain = await host.connect().defineDomain(domainXml({ name: 'web', elements: actions }));
  const { warnings } = await domain.start();
  expect(warnings.map(({ message }) => message.replace(/ is ignored.*/, ''))).toEqual([
    '<on_poweroff>preserve</on_poweroff>',
    '<on_reboot>rename-restart</on_reboot>',
  ]);
});
