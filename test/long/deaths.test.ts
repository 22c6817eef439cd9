/**
 * Stage 0, the monitor and init are killed at every system call of a start and a destroy, each in a run of its own.
 * R1 and R2 of the fault model, the whole form. How many points were tried is printed.
 */
import { expectHostUnchanged, snapshotHost } from '../support/host-snapshot';
import { startOnce } from '../support/first-start';
import type { DomainXmlOptions } from '../support/domain-xml';
import { DeathSweep } from '../support/death/sweep';
import { tryAll } from '../support/death/try-all';
import { idMapXml, privateNetworkXml } from '../support/mapped-domain';

const minutes = 60_000;

const forms: Readonly<Record<string, DomainXmlOptions>> = {
  'a container on the host’s root': {},
  'one with ids and an interface of its own': {
    elements: `${idMapXml()}\n${privateNetworkXml}`,
    devices: "<interface type='ethernet'><target dev='deathtest'/></interface>",
  },
};

beforeAll(startOnce);

test.each(Object.entries(forms))(
  'SIGKILL at every system call of %s leaves all or nothing',
  async (_, options) => {
    const before = snapshotHost();
    {
      await using sweep = await DeathSweep.make({ name: 'deaths-all', ...options });
      const { faults, tried } = await tryAll(sweep, ['stage0', 'monitor', 'init'], 1);
      expect(faults).toEqual([]);
      expect(tried).toBeGreaterThan(500);
    }
    await expectHostUnchanged(before, { except: ['descriptors'] });
  },
  9 * minutes,
);
