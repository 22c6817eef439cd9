/** What a `<host>` of a network does to the address that one of its containers was promised. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { yieldAddresses } from '../../../../lib/network/dnsmasq/names';
import { parse } from '../parse-context';
import { removeScratchAfterEach, scratchDirectory } from '../../driver/scratch';

let folder: string;

jest.mock('../../../../lib/host/state/state-paths', () => ({
  ...jest.requireActual<object>('../../../../lib/host/state/state-paths'),
  namesPath: () => folder,
}));

removeScratchAfterEach();

const mac = '52:54:00:00:00:01';

beforeEach(() => {
  folder = scratchDirectory();
  const files = {
    [`claims/${mac}`]: '10.9.0.5\n',
    'addresses/10.9.0.5': `${mac},10.9.0.5\n`,
    [`hosts/${mac}`]: 'fd00::5 web.internal web\n10.9.0.5 web.internal web\n',
  };
  for (const kind of ['claims', 'addresses', 'hosts']) mkdirSync(join(folder, kind));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});

function yieldTo(hosts: string): void {
  const dhcp = `<dhcp><range start='10.9.0.2' end='10.9.0.99'/>${hosts}</dhcp>`;
  const ip = `<ip address='10.9.0.1' prefix='24'>${dhcp}</ip>`;
  yieldAddresses(
    'virbr7',
    parse(`<network><name>n</name><forward mode='nat'/><bridge name='virbr7'/>${ip}</network>`),
  );
}

const told = (): string => readFileSync(join(folder, 'hosts', mac), 'utf8');
const isPromised = (): boolean[] =>
  [`claims/${mac}`, 'addresses/10.9.0.5'].map((path) => existsSync(join(folder, path)));

test.each([
  '',
  `<host mac='${mac}' ip='10.9.0.5'/>`,
  "<host mac='52:54:00:00:00:02' ip='10.9.0.6'/>",
])('the promise stands beside %s', (hosts) => {
  yieldTo(hosts);
  expect(isPromised()).toEqual([true, true]);
  expect(told()).toBe('fd00::5 web.internal web\n10.9.0.5 web.internal web\n');
});

test('its own <host> has another address: that is its own from now on', () => {
  yieldTo(`<host mac='${mac}' ip='10.9.0.77'/>`);
  expect(isPromised()).toEqual([false, false]);
  expect(told()).toBe('fd00::5 web.internal web\n10.9.0.77 web.internal web\n');
});

test('the <host> of another one has its address', () => {
  yieldTo("<host mac='52:54:00:00:00:02' ip='10.9.0.5'/>");
  expect(isPromised()).toEqual([false, false]);
  expect(told()).toBe('fd00::5 web.internal web\n');
});
