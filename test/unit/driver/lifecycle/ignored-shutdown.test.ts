/** What a shutdown that init ignores means for a container that is started again when it has failed. */
import type { Domain } from '../../../../lib/index';
import { domainXml } from '../../../support/domain/domain-xml';
import { eventually } from '../../../support/time/eventually';
import { exitRecord, FakeHost } from '../../../support/fake/host/fake-host';
import { removeScratchAfterEach, scratchDirectory } from '../scratch';

removeScratchAfterEach();

let host: FakeHost;

beforeEach(() => {
  host = new FakeHost(scratchDirectory());
});

const [sigterm, sigusr1] = [15, 10];
const restart = "<t:restart policy='on-failure'/>";
const elements = `<metadata><t:container xmlns:t='urn:tslxc:domain:1'>${restart}</t:container></metadata>`;

async function running(heeded: number): Promise<Domain> {
  host.init = { ...host.init, kindOf: () => 'other', heeds: (_, signal) => signal === heeded };
  const domain = await host.connect().defineDomain(domainXml({ name: 'web', elements }));
  await domain.start({ ownership: 'leave' });
  return domain;
}

/** Milliseconds from now. */
const fails = (later: number): void =>
  host.end('web', exitRecord({ code: 9, time: Date.now() + later }));

test.each([
  { when: 'soon', later: 1000, state: 'shutoff' },
  { when: 'when its caller waits no longer', later: 60_000, timeout: 0, state: 'shutoff' },
  { when: 'minutes later', later: 130_000, state: 'running' },
])('asked to shut down, it fails $when', async ({ later, timeout, state }) => {
  const domain = await running(sigterm);
  const asked = domain.shutdown(timeout === undefined ? {} : { timeout });
  if (timeout === undefined) await asked;
  else await expect(asked).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  fails(later);
  expect(await domain.state()).toMatchObject({ state });
});

test('asked to shut down and then to reboot, it is started again', async () => {
  const domain = await running(sigterm);
  await domain.shutdown();
  await domain.reboot();
  fails(1000);
  expect(await domain.state()).toMatchObject({ state: 'running' });
});

test('one that can not be asked is started again', async () => {
  const domain = await running(sigusr1);
  await expect(domain.shutdown()).rejects.toMatchObject({ code: 'OPERATION_UNSUPPORTED' });
  fails(1000);
  expect(await domain.state()).toMatchObject({ state: 'running' });
});

describe('of several that ask at once', () => {
  /** Of each that looks for init's pipe, which is found to be missing when this is called. */
  let refuse: (() => void)[];

  beforeEach(() => {
    refuse = [];
  });

  async function looking(): Promise<Domain> {
    const domain = await running(sigterm);
    const search = (): Promise<'none'> =>
      new Promise((resolve) => refuse.push(() => resolve('none')));
    host.init = { ...host.init, requestLevel: search };
    return domain;
  }

  /** Resolves to what it is refused with; it is on record, and init is not asked yet. */
  async function ask(domain: Domain): Promise<{ readonly refusal: Promise<unknown> }> {
    const before = refuse.length;
    const refusal = domain.shutdown({ mode: 'initctl' }).catch((error: unknown) => error);
    await eventually(() => expect(refuse).toHaveLength(before + 1));
    return { refusal };
  }

  const unsupported = { code: 'OPERATION_UNSUPPORTED' };

  test('who could not ask takes nothing back from who could, be that before or after', async () => {
    const domain = await looking();
    const first = await ask(domain);
    await domain.shutdown({ mode: 'signal' });
    refuse[0]?.();
    expect(await first.refusal).toMatchObject(unsupported);
    const last = await ask(domain);
    refuse[1]?.();
    expect(await last.refusal).toMatchObject(unsupported);
    fails(1000);
    expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  });

  test.each([
    { who: 'the first', turns: [0, 1] },
    { who: 'the last', turns: [1, 0] },
  ])('none of them could, and $who hears of it first: it is started again', async ({ turns }) => {
    const domain = await looking();
    const asked = [await ask(domain), await ask(domain)];
    for (const index of turns) {
      refuse[index]?.();
      expect(await asked[index]?.refusal).toMatchObject(unsupported);
    }
    fails(1000);
    expect(await domain.state()).toMatchObject({ state: 'running' });
  });

  test('a reboot that could not be asked for takes no shutdown back', async () => {
    const domain = await looking();
    await domain.shutdown({ mode: 'signal' });
    const rebooted = domain.reboot({ mode: 'initctl' }).catch((error: unknown) => error);
    await eventually(() => expect(refuse).toHaveLength(1));
    const other = await ask(domain);
    for (const end of refuse) end();
    expect(await rebooted).toMatchObject(unsupported);
    expect(await other.refusal).toMatchObject(unsupported);
    fails(1000);
    expect(await domain.state()).toMatchObject({ state: 'shutoff' });
  });
});

const always = Number.MAX_SAFE_INTEGER;

test.each([true, always])('the mark of an older package (%p) says nothing', async (shutdown) => {
  const domain = await running(sigterm);
  const state = host.state('web');
  if (state.phase !== 'running') throw new Error('it should run');
  const start = { ...state.start, shutdown };
  host.states.set('web', { ...state, start });
  fails(1000);
  expect(await domain.state()).toMatchObject({ state: 'running' });
});
