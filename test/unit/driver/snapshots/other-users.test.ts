/** lib/driver/snapshots/live-trees.ts: no tree is put back or copied while another domain writes to it. */
import { refuseOtherUsers } from '../../../../lib/driver/snapshots/live-trees';
import type { RunState } from '../../../../lib/container/record/run-state';
import { domainXml } from '../../../support/domain/domain-xml';
import { FakeHost } from '../../../support/fake/host/fake-host';
import { startRecord } from '../../../support/fake/start-record';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

const identity = { name: 'web', uuid: startRecord.uuid };
const trees = [{ path: '/srv/web/upper', folder: '/srv/web' }];

interface Other {
  readonly phase: RunState['phase'];
  readonly source?: string;
  readonly readonly?: true;
  readonly upper?: string;
}

/** Asks while a domain `other` is as told. */
async function askWith({ phase, source = '/srv/web', readonly, upper }: Other): Promise<void> {
  const host = new FakeHost(scratchDirectory());
  const overlay = (path: string): string =>
    `<metadata><t:container xmlns:t='urn:tslxc:domain:1'><t:overlay target='/' upper='${path}'/></t:container></metadata>`;
  const xml = domainXml({
    name: 'other',
    ...(upper === undefined ? {} : { elements: overlay(upper) }),
    devices: `<filesystem><source dir='${source}'/><target dir='/'/>${readonly ? '<readonly/>' : ''}</filesystem>`,
  });
  const start = { ...startRecord, name: 'other', xml };
  const running = { id: 1, init: 2, consoles: [] };
  const states: Readonly<Record<RunState['phase'], RunState>> = {
    off: { phase: 'off' },
    starting: { phase: 'starting', start },
    running: { phase: 'running', start, running },
    ended: { phase: 'ended', start },
  };
  host.states.set('other', states[phase]);
  await refuseOtherUsers(host.session(), identity, trees);
}

test.each<Other>([
  { phase: 'running' },
  { phase: 'starting' },
  { phase: 'running', source: '/srv/web/upper/below' },
  { phase: 'starting', source: '/srv' },
  { phase: 'running', source: '/elsewhere', upper: '/srv/web' },
  { phase: 'starting', source: '/elsewhere', upper: '/srv/web/upper' },
])('it is refused while another is %j', async (other) => {
  await expect(askWith(other)).rejects.toMatchObject({
    code: 'RESOURCE_BUSY',
    domain: 'web',
    path: '/srv/web/upper',
    message: expect.stringContaining(
      "'/srv/web/upper' is in use by domain 'other', which runs",
    ) as string,
  });
});

test.each<Other>([
  { phase: 'off' },
  { phase: 'ended' },
  { phase: 'running', source: '/srv/web-too' },
  { phase: 'running', readonly: true },
  // Of the base of an overlay nothing is written.
  { phase: 'running', upper: '/elsewhere' },
  // The host's own root, of which all is below.
  { phase: 'running', source: '/' },
])('it is not, while another is %j', async (other) => {
  await expect(askWith(other)).resolves.toBeUndefined();
});

test('its own container, which is paused, is no other', async () => {
  const host = new FakeHost(scratchDirectory());
  const devices = `<filesystem><source dir='/srv/web'/><target dir='/'/></filesystem>`;
  const start = { ...startRecord, xml: domainXml({ name: 'web', devices }) };
  host.states.set('web', { phase: 'starting', start });
  await expect(refuseOtherUsers(host.session(), identity, trees)).resolves.toBeUndefined();
});
